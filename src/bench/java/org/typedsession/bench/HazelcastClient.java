package org.typedsession.bench;

import com.hazelcast.map.IMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.IntSupplier;

/** Clients of a Hazelcast map. */
final class HazelcastClient implements Client {
  private final List<IMap<String, String>> maps;
  private final IntSupplier caller;
  private final BiPredicate<String, Integer> createdHere;
  private final String[] keys;
  private final String[] values;
  private int turn;

  HazelcastClient(
      List<IMap<String, String>> maps,
      IntSupplier caller,
      BiPredicate<String, Integer> fits,
      BiPredicate<String, Integer> createdHere,
      int bytes,
      int sessions) {
    this.maps = maps;
    this.caller = caller;
    this.createdHere = createdHere;
    String text = Basket.text(bytes - 1);
    this.values = new String[] {text + 'x', text + 'y'};
    this.keys = new String[sessions];
    for (int i = 0; i < sessions; i++) {
      do {
        keys[i] = UUID.randomUUID().toString();
      } while (!fits.test(keys[i], i));
      begin(maps.get(0), keys[i]);
    }
  }

  private void begin(IMap<String, String> map, String key) {
    map.set(key, values[0], 31, TimeUnit.MINUTES);
  }

  private IMap<String, String> map() {
    return maps.get(caller.getAsInt());
  }

  private String nextKey() {
    turn = (turn + 1) % keys.length;
    return keys[turn];
  }

  private String freshKey(int member) {
    String key;
    do {
      key = UUID.randomUUID().toString();
    } while (!createdHere.test(key, member));
    return key;
  }

  @Override
  public Object create() {
    int member = caller.getAsInt();
    String key = freshKey(member);
    begin(maps.get(member), key);
    return key;
  }

  @Override
  public Object read() {
    return required(map().get(nextKey()));
  }

  private static String required(String value) {
    if (value == null) {
      throw new IllegalStateException("an entry is gone");
    }
    return value;
  }

  @Override
  public Object update() {
    IMap<String, String> map = map();
    String key = nextKey();
    String before = required(map.get(key));
    String after = before.equals(values[0]) ? values[1] : values[0];
    if (!map.replace(key, before, after)) {
      throw new IllegalStateException("a replace without a rival was refused");
    }
    return after;
  }

  @Override
  public Object remap() {
    throw new UnsupportedOperationException("a map has no ids to change");
  }

  @Override
  public Object life() {
    int member = caller.getAsInt();
    String key = freshKey(member);
    begin(maps.get(member), key);
    required(maps.get(member).get(key));
    maps.get(member).delete(key);
    return key;
  }
}
