package org.typedsession.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStatistics;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.StoreSize;
import org.typedsession.testing.Logs;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Race;

final class MBeanRegistrationTest {
  private static final ObjectName ALL = name("org.typedsession:*");
  private static final int ROUNDS = 200;

  private final MBeanServer server = MBeanServerFactory.newMBeanServer();
  private final MBeanRegistration managed = new MBeanRegistration(() -> server);
  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);

  private static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private Set<ObjectName> names() {
    return server.queryNames(ALL, null);
  }

  @Test
  void publish_store_isFoundByApplicationAndData() throws Exception {
    managed.publish(Optional.empty(), "/shop", "com.acme.Cart", world.store);
    world.connector.setReadiness(() -> new Readiness.NotReady("degraded"));
    world.stored(Account.EMPTY);

    ObjectName name =
        name("org.typedsession:type=SessionStore,application=/shop,data=com.acme.Cart");
    assertThat(names()).containsExactly(name);
    assertThat(server.getAttribute(name, "Ready")).isEqualTo(false);
    assertThat(server.getAttribute(name, "Reason")).isEqualTo("degraded");
    assertThat(server.getAttribute(name, "Creates")).isEqualTo(1L);
  }

  @Test
  void publish_storeWithARemark_isReadyAndShowsIt() throws Exception {
    managed.publish(Optional.empty(), "/shop", "com.acme.Cart", world.store);
    world.connector.setReadiness(() -> new Readiness.Ready(Optional.of("its clock is wrong")));

    ObjectName name =
        name("org.typedsession:type=SessionStore,application=/shop,data=com.acme.Cart");
    assertThat(server.getAttribute(name, "Ready")).isEqualTo(true);
    assertThat(server.getAttribute(name, "Reason")).isEqualTo("its clock is wrong");
  }

  @Test
  void publish_applicationsOfTwoVirtualHosts_areToldApartByThem() {
    managed.publish(Optional.of("a"), "ROOT", "Cart", world.store);
    managed.publish(Optional.of("Catalina/b:1"), "ROOT", "Cart", world.store);

    assertThat(names())
        .containsExactlyInAnyOrder(
            name("org.typedsession:type=SessionStore,host=a,application=ROOT,data=Cart"),
            name(
                "org.typedsession:type=SessionStore,host=\"Catalina/b:1\",application=ROOT,data=Cart"));
  }

  @Test
  void publish_namesThatMeanSomethingInAnObjectName_areQuoted() {
    managed.publish(Optional.empty(), "/a,b=c", "Page<com.acme.Cart, *>\n", world.store);

    assertThat(names())
        .singleElement()
        .satisfies(
            name -> {
              assertThat(ObjectName.unquote(name.getKeyProperty("application")))
                  .isEqualTo("/a,b=c");
              assertThat(ObjectName.unquote(name.getKeyProperty("data")))
                  .isEqualTo("Page<com.acme.Cart, *>\n");
            });
  }

  @Test
  void publish_applicationsOfOneName_areToldApartAndEndEachForItself() {
    MBeanRegistration other = new MBeanRegistration(() -> server);
    managed.publish(Optional.empty(), "/shop", "Cart", world.store);
    other.publish(Optional.empty(), "/shop", "Cart", world.store);
    ObjectName first = name("org.typedsession:type=SessionStore,application=/shop,data=Cart");
    ObjectName second =
        name("org.typedsession:type=SessionStore,application=/shop,data=Cart,instance=2");
    assertThat(names()).containsExactlyInAnyOrder(first, second);

    managed.close();

    assertThat(names()).containsExactly(second);
    other.close();
    assertThat(names()).isEmpty();
  }

  @Test
  void publish_applicationsOfOneNameAtOnce_bothGetIn() {
    for (int round = 0; round < ROUNDS; round++) {
      List<MBeanRegistration> both =
          List.of(new MBeanRegistration(() -> server), new MBeanRegistration(() -> server));

      Race.run(
              round,
              both.stream()
                  .<Callable<Boolean>>map(
                      it ->
                          () -> {
                            it.publish(Optional.empty(), "/shop", "Cart", world.store);
                            return true;
                          })
                  .toList())
          .forEach(Race.Outcome::value);

      assertThat(names()).hasSize(2);
      both.forEach(MBeanRegistration::close);
      assertThat(names()).isEmpty();
    }
  }

  @Test
  void close_registeredStores_areAllTakenOut() {
    managed.publish(Optional.empty(), "/shop", "Cart", world.store);
    managed.publish(Optional.empty(), "/shop", "User", world.store);

    managed.close();
    managed.close();

    assertThat(names()).isEmpty();
  }

  @Test
  void close_takenOutBySomebodyElse_goesOnWithTheOthers() throws Exception {
    managed.publish(Optional.empty(), "/shop", "Cart", world.store);
    managed.publish(Optional.empty(), "/shop", "User", world.store);
    server.unregisterMBean(name("org.typedsession:type=SessionStore,application=/shop,data=Cart"));

    managed.close();

    assertThat(names()).isEmpty();
  }

  @Test
  void publish_serverThatRefuses_isAWarningAndNoFailure() {
    MBeanRegistration refused =
        new MBeanRegistration(
            () -> {
              throw new SecurityException("no MBeans here");
            });
    try (Logs logs = new Logs()) {
      refused.publish(Optional.empty(), "/shop", "Cart", world.store);
      refused.close();

      assertThat(logs.all())
          .singleElement()
          .asString()
          .startsWith("TSESS0120: ")
          .contains("application=/shop,data=Cart", "no MBeans here");
      assertThat(logs.warnings()).hasSize(1);
    }
  }

  @Test
  void attributes_ofEveryCounter_areItsValues() throws Exception {
    SessionStatistics statistics =
        new SessionStatistics(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    StoreMBean bean =
        new StoreMBean(
            Readiness.Ready::new, () -> Optional.of(new StoreSize(7, 9)), () -> statistics);
    List<String> expected =
        new ArrayList<>(List.of("Ready=true", "Reason=", "Sessions=7", "Tombstones=9"));
    for (RecordComponent component : SessionStatistics.class.getRecordComponents()) {
      String name = component.getName();
      expected.add(
          Character.toUpperCase(name.charAt(0))
              + name.substring(1)
              + "="
              + component.getAccessor().invoke(statistics));
    }

    List<String> found = new ArrayList<>();
    for (MBeanAttributeInfo info : bean.getMBeanInfo().getAttributes()) {
      assertThat(info.isReadable()).isTrue();
      assertThat(info.isWritable()).isFalse();
      assertThat(info.getDescription()).isNotBlank();
      Object value = bean.getAttribute(info.getName());
      assertThat(value).isInstanceOf(Class.forName(info.getType()));
      found.add(info.getName() + "=" + value);
    }

    assertThat(found).containsExactlyElementsOf(expected);
  }

  @Test
  void attributes_unknownOrToBeSet_areRefused() {
    StoreMBean bean =
        new StoreMBean(Readiness.Ready::new, world.store::size, world.store::statistics);

    assertThat(bean.getAttributes(new String[] {"Ready", "Nothing"}).asList())
        .containsExactly(new Attribute("Ready", true));
    assertThatExceptionOfType(AttributeNotFoundException.class)
        .isThrownBy(() -> bean.getAttribute("Nothing"));
    assertThatExceptionOfType(AttributeNotFoundException.class)
        .isThrownBy(() -> bean.setAttribute(new Attribute("Creates", 0L)));
    assertThat(bean.setAttributes(new AttributeList())).isEmpty();
    assertThatExceptionOfType(ReflectionException.class)
        .isThrownBy(() -> bean.invoke("clear", null, null));
  }
}
