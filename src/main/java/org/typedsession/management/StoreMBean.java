package org.typedsession.management;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStatistics;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.StoreSize;

/**
 * One store as an MBean: its readiness and its counters, to be read only.
 *
 * <p>A dynamic one, so that attributes carry descriptions and no interface has to be public.
 */
final class StoreMBean implements DynamicMBean {
  private static final List<MBeanAttribute> ATTRIBUTES =
      List.of(
          new MBeanAttribute(
              "Ready",
              Boolean.class,
              "whether the store can serve at present",
              now -> now.readiness instanceof Readiness.Ready),
          new MBeanAttribute(
              "Reason",
              String.class,
              "why it cannot, or what to see to though it can; empty if there is nothing",
              now -> reason(now.readiness)),
          gauge(
              "Sessions",
              "sessions that this node is the primary owner of; -1 if that is not known",
              StoreSize::sessions),
          gauge(
              "Tombstones",
              "dead ids that this node is the primary owner of; -1 if that is not known",
              StoreSize::tombstones),
          counter("Creates", "sessions stored for the first time", SessionStatistics::creates),
          counter("Reads", "sessions looked up, found or not", SessionStatistics::reads),
          counter(
              "WritesInPlace",
              "routine changes and renewals stored",
              SessionStatistics::writesInPlace),
          counter(
              "Remaps", "privilege changes stored, each with a new id", SessionStatistics::remaps),
          counter("Deletes", "sessions ended on request", SessionStatistics::deletes),
          counter(
              "Conflicts",
              "changes refused because another request got in first (409)",
              SessionStatistics::conflicts),
          counter(
              "Reruns",
              "times that the updates of a request were run again on fresh data",
              SessionStatistics::reruns),
          counter(
              "Joins",
              "logins that another request had made first, and that were taken for one with it",
              SessionStatistics::joins),
          counter(
              "Replays",
              "dead ids presented after the time in which that happens innocently",
              SessionStatistics::replays),
          counter(
              "UnknownIds",
              "well-formed ids presented that are not known: long expired, or never given out",
              SessionStatistics::unknownIds),
          counter(
              "Undecodable",
              "sessions ended because their data could not be read",
              SessionStatistics::undecodable),
          counter(
              "Unavailable",
              "operations that the store refused or could not answer (503)",
              SessionStatistics::unavailable),
          counter(
              "UnknownOutcomes",
              "writes that may have taken effect or not (503)",
              SessionStatistics::unknownOutcomes),
          counter(
              "Repairs",
              "entries of its cache written again after a fault, to bring their copies together",
              SessionStatistics::repairs));

  private static final MBeanInfo INFO =
      new MBeanInfo(
          StoreMBean.class.getName(),
          "the sessions of one type in one application, as seen by this process since it started",
          ATTRIBUTES.stream().map(MBeanAttribute::info).toArray(MBeanAttributeInfo[]::new),
          null,
          null,
          null);

  private final Supplier<Readiness> readiness;
  private final Supplier<Optional<StoreSize>> size;
  private final Supplier<SessionStatistics> statistics;

  StoreMBean(
      Supplier<Readiness> readiness,
      Supplier<Optional<StoreSize>> size,
      Supplier<SessionStatistics> statistics) {
    this.readiness = readiness;
    this.size = size;
    this.statistics = statistics;
  }

  /** What all attributes of one call are taken from. */
  private record Snapshot(
      Readiness readiness, Optional<StoreSize> size, SessionStatistics statistics) {}

  private record MBeanAttribute(
      String name, Class<?> type, String description, Function<Snapshot, Object> value) {
    MBeanAttributeInfo info() {
      return new MBeanAttributeInfo(name, type.getName(), description, true, false, false);
    }
  }

  private static String reason(Readiness readiness) {
    if (readiness instanceof Readiness.NotReady not) {
      return not.reason();
    }
    return readiness instanceof Readiness.Ready ready ? ready.remark().orElse("") : "";
  }

  private static MBeanAttribute counter(
      String name, String description, ToLongFunction<SessionStatistics> value) {
    return new MBeanAttribute(
        name, Long.class, description, now -> value.applyAsLong(now.statistics));
  }

  private static MBeanAttribute gauge(
      String name, String description, ToLongFunction<StoreSize> value) {
    return new MBeanAttribute(
        name, Long.class, description, now -> now.size.map(value::applyAsLong).orElse(-1L));
  }

  private static Optional<MBeanAttribute> find(String name) {
    return ATTRIBUTES.stream().filter(attribute -> attribute.name.equals(name)).findFirst();
  }

  private Snapshot snapshot() {
    return new Snapshot(readiness.get(), size.get(), statistics.get());
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    return find(name)
        .orElseThrow(() -> new AttributeNotFoundException(name))
        .value
        .apply(snapshot());
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    Snapshot now = snapshot();
    AttributeList found = new AttributeList();
    for (String name : names) {
      find(name).ifPresent(it -> found.add(new Attribute(name, it.value.apply(now))));
    }
    return found;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName() + " cannot be set");
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return new AttributeList();
  }

  @Override
  public @Nullable Object invoke(
      String action, Object @Nullable [] parameters, String @Nullable [] signature)
      throws ReflectionException {
    throw new ReflectionException(new NoSuchMethodException(action));
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    return INFO;
  }
}
