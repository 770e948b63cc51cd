package org.typedsession.infinispan;

import org.typedsession.infinispan.ServedSplit.Side;
import org.typedsession.infinispan.ServedSplit.Subject;

/** What the two sides of a split do with one session, and how many ids of it are to be left. */
enum SplitStory {
  UNTOUCHED(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {}
  },
  REMAPPED_HERE(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.remap(subject, subject.original());
    }
  },
  WRITTEN_HERE_AND_THERE(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.write(subject.original());
      there.write(subject.original());
    }
  },
  REMAPPED_HERE_AND_WRITTEN_THERE(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.remap(subject, subject.original());
      there.write(subject.original());
    }
  },
  REMAPPED_HERE_AND_THERE(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.remap(subject, subject.original());
      there.remap(subject, subject.original());
    }
  },
  REMAPPED_AND_WRITTEN_HERE_AND_THERE(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.write(here.remap(subject, subject.original()));
      there.write(there.remap(subject, subject.original()));
    }
  },
  REMAPPED_TWICE_HERE_AND_ONCE_THERE(1) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.remap(subject, here.remap(subject, subject.original()));
      there.write(there.remap(subject, subject.original()));
    }
  },
  ENDED_HERE(0) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.end(subject, subject.original());
    }
  },
  ENDED_HERE_AND_WRITTEN_THERE(0) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.end(subject, subject.original());
      there.write(subject.original());
    }
  },
  ENDED_HERE_AND_REMAPPED_THERE(0) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      there.write(there.remap(subject, subject.original()));
      here.end(subject, subject.original());
    }
  },
  REMAPPED_AND_ENDED_HERE_AND_REMAPPED_THERE(0) {
    @Override
    void happen(Subject subject, Side here, Side there) {
      here.end(subject, here.remap(subject, subject.original()));
      there.write(there.remap(subject, subject.original()));
    }
  };

  private final int idsLeft;

  SplitStory(int idsLeft) {
    this.idsLeft = idsLeft;
  }

  /** How many ids are to be accepted in the end. */
  int idsLeft() {
    return idsLeft;
  }

  /** Whether each side has an id of its own when they meet. */
  boolean isFork() {
    return this == REMAPPED_HERE_AND_THERE
        || this == REMAPPED_AND_WRITTEN_HERE_AND_THERE
        || this == REMAPPED_TWICE_HERE_AND_ONCE_THERE;
  }

  /** Whether no side has to know the session. */
  boolean isForAnySession() {
    return this == UNTOUCHED || this == ENDED_HERE;
  }

  abstract void happen(Subject subject, Side here, Side there);
}
