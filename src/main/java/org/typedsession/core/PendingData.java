package org.typedsession.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;

/**
 * The data of a session as its request sees it, and how it became that: so that it can be told
 * whether anything changed, and be made again on fresh data.
 *
 * <p>Not safe for use by several threads.
 */
final class PendingData<D> {
  private final DefaultSessionStore<D> store;
  // What it begins as; no longer what the object is, perhaps, if that can be altered.
  private final D initial;
  // Before the application was given the chance to alter it; null if that has not happened, or
  // something is stored to compare with.
  private byte @Nullable [] initialBytes;

  private D data;
  // Most requests have none, and of the others most have one.
  private List<UnaryOperator<D>> updates = List.of();
  private boolean repeatable = true;
  // Whether the application was given the chance to change the data.
  private boolean touched;
  // Null until it is asked for after a change.
  private @Nullable Change change;

  /**
   * What became of the data: told at one moment, so that what is judged is what is stored.
   *
   * @param encoded what is to be stored; null if that is what is stored
   * @param privilege whether it changes privileges
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Change(byte @Nullable [] encoded, boolean privilege) {
    static final Change NONE = new Change(null, false);

    boolean isChanged() {
      return encoded != null;
    }
  }

  PendingData(DefaultSessionStore<D> store, D initial) {
    this.store = store;
    this.initial = initial;
    this.data = initial;
  }

  D value() {
    return data;
  }

  /**
   * Changes it, and gives it.
   *
   * @param loaded what the store holds, here and below
   */
  D update(LoadedSession<D> loaded, UnaryOperator<D> update) {
    remember(loaded);
    accept(updated(update, data));
    if (updates.isEmpty()) {
      updates = new ArrayList<>(1);
    }
    updates.add(update);
    return data;
  }

  void set(LoadedSession<D> loaded, D newData) {
    remember(loaded);
    accept(newData);
    repeatable = false;
  }

  void mutate(LoadedSession<D> loaded, Consumer<D> mutation) {
    remember(loaded);
    D copy = store.decode(store.encode(data));
    mutation.accept(copy);
    accept(copy);
    repeatable = false;
  }

  private void remember(LoadedSession<D> loaded) {
    if (initialBytes == null && !(loaded instanceof LoadedSession.Live)) {
      initialBytes = store.encode(data);
    }
  }

  private void accept(D newData) {
    data = newData;
    touched = true;
    change = null;
  }

  /** How it became what it is, if {@link #isRepeatable}. */
  List<UnaryOperator<D>> updates() {
    return updates;
  }

  /** Whether it can be made again on fresh data: nothing but updates has changed it. */
  boolean isRepeatable() {
    return repeatable;
  }

  boolean isTouched() {
    return touched;
  }

  /** Makes it again on what another request has stored. */
  void rerun(D fresh) {
    data = updated(fresh, updates);
    // An update that changed nothing before may do so now.
    touched |= !updates.isEmpty();
    change = null;
  }

  /**
   * Takes what another request has stored for the beginning of it.
   *
   * @param now what the updates make of that, or just that
   * @param rerun whether it is what the updates make of it
   */
  void join(D now, boolean rerun) {
    if (!rerun) {
      updates = List.of();
    }
    data = now;
    touched = !updates.isEmpty();
    change = null;
  }

  void stored(D now) {
    data = now;
    forget();
  }

  void discard(LoadedSession<D> loaded) {
    if (touched) {
      // Not the object itself, which may have been altered in place.
      data = beforeTheChange(loaded);
    }
    forget();
  }

  private D beforeTheChange(LoadedSession<D> loaded) {
    if (loaded instanceof LoadedSession.Live<D> stored) {
      return store.decode(store.operations().encoded(stored.live()));
    }
    return initialBytes == null ? initial : store.decode(initialBytes);
  }

  private void forget() {
    updates = List.of();
    repeatable = true;
    touched = false;
    change = null;
  }

  /**
   * What is to be stored of it, and why. Asked once after each change.
   *
   * @throws SessionCodecException if it cannot be encoded
   */
  Change change(LoadedSession<D> loaded) {
    if (change == null) {
      change = touched ? compared(loaded) : Change.NONE;
    }
    return change;
  }

  private Change compared(LoadedSession<D> loaded) {
    byte[] now = store.encode(data);
    byte[] before =
        loaded instanceof LoadedSession.Live<D> stored
            ? store.operations().encoded(stored.live())
            : initialBytes;
    D object =
        loaded instanceof LoadedSession.Live<D> stored ? stored.live().session().data() : initial;
    if (before == null) {
      return new Change(now, true);
    }
    return store.isChange(before, object, now, data)
        ? new Change(now, store.isPrivilegeChange(before, object, data))
        : Change.NONE;
  }

  /** What {@code updates} make of {@code fresh}, one after the other. */
  static <D> D updated(D fresh, List<UnaryOperator<D>> updates) {
    D updated = fresh;
    for (UnaryOperator<D> update : updates) {
      updated = updated(update, updated);
    }
    return updated;
  }

  private static <D> D updated(UnaryOperator<D> update, D before) {
    return Objects.requireNonNull(update.apply(before), "an update must not give null");
  }
}
