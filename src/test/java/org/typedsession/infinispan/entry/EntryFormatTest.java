package org.typedsession.infinispan.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionRecord;
import org.typedsession.testkit.SequentialCookieGenerator;

final class EntryFormatTest {
  private static final SessionHandle HANDLE = new SessionHandle(Long.MIN_VALUE, 42);
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final SessionId ID = SequentialCookieGenerator.id(7);

  private static StoredEntry.Live live(SessionExpiry expiry, String principal, SessionId from) {
    return live(expiry, null, principal, from);
  }

  private static StoredEntry.Live live(
      SessionExpiry expiry, SessionRenewalStrategy renewal, String principal, SessionId from) {
    return new StoredEntry.Live(
        Long.MAX_VALUE,
        -5,
        principal == null ? 0 : 3,
        from,
        "json",
        new SessionRecord<>(
            HANDLE,
            TIME,
            TIME.plusMillis(1),
            TIME.plusMillis(2),
            principal == null ? null : TIME.plusMillis(3),
            expiry,
            renewal,
            principal == null ? null : "Firefox on a phone",
            principal,
            principal == null ? 0 : 17,
            "{\"a\":1}".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void decode_everyKindOfEntry_givesItBack() {
    StoredEntry.Live full = live(SessionExpiry.at(TIME), "Jörg €", ID);
    StoredEntry.Live bare = live(SessionExpiry.never(), null, null);
    StoredEntry.Moved moved =
        new StoredEntry.Moved(HANDLE, -5, TIME, ID, Handover.of(new byte[] {1, 2}));
    StoredEntry.Moved bareMoved = new StoredEntry.Moved(HANDLE, -5, TIME, ID, Handover.NONE);
    StoredEntry.Ended ended = new StoredEntry.Ended(HANDLE, 0, TIME, 5);

    assertThat(EntryFormat.decode(EntryFormat.encode(full))).isEqualTo(full);
    assertThat(EntryFormat.decode(EntryFormat.encode(bare))).isEqualTo(bare);
    assertThat(EntryFormat.decode(EntryFormat.encode(moved))).isEqualTo(moved);
    assertThat(EntryFormat.decode(EntryFormat.encode(bareMoved))).isEqualTo(bareMoved);
    assertThat(EntryFormat.decode(EntryFormat.encode(ended))).isEqualTo(ended);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 10_000, 16_384, Integer.MAX_VALUE, -1})
  void decode_anyNumberOfRotations_givesItBack(int rotations) {
    StoredEntry.Live live =
        new StoredEntry.Live(
            1,
            2,
            rotations,
            null,
            "json",
            SessionRecord.begin(HANDLE, TIME, SessionExpiry.never(), new byte[] {1, 2, 3}));

    assertThat(EntryFormat.decode(EntryFormat.encode(live))).isEqualTo(live);
  }

  @Test
  void decode_sessionRenewedInItsOwnWay_givesItBack() {
    for (SessionRenewalStrategy renewal :
        List.of(
            SessionRenewalStrategy.Ignore.INSTANCE,
            new SessionRenewalStrategy.Automatic(Duration.ofMinutes(5), Duration.ofMillis(7)))) {
      StoredEntry.Live live = live(SessionExpiry.at(TIME), renewal, "anna", ID);
      String text = EntryFormat.encode(live);

      assertThat(EntryFormat.decode(text)).isEqualTo(live);
      assertThat(EntryFormat.writeId(text)).isEqualTo(live.writeId());
    }
  }

  @Test
  void decode_anotherVersion_isUnreadableButNamesTheSession() {
    String text = EntryFormat.encode(live(SessionExpiry.never(), null, null));

    StoredEntry entry = EntryFormat.decode((char) 4 + text.substring(1));

    assertThat(entry).isInstanceOf(StoredEntry.Unreadable.class);
    assertThat(entry.handle()).isEqualTo(HANDLE);
  }

  @Test
  void decode_cutAnywhere_throwsNothing() {
    String text = EntryFormat.encode(live(SessionExpiry.at(TIME), "anna", ID));
    int header = text.length() - "{\"a\":1}".length();

    for (int length = 0; length < header; length++) {
      assertThat(EntryFormat.decode(text.substring(0, length)))
          .as("cut at %d", length)
          .isInstanceOf(StoredEntry.Unreadable.class);
    }
  }

  @Test
  void decode_damagedBytes_throwsNothing() {
    Random random = new Random(1);
    String text = EntryFormat.encode(live(SessionExpiry.at(TIME), "anna", ID));

    for (int i = 0; i < 10_000; i++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int j = 0; j < 3; j++) {
        damaged.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      assertThat(EntryFormat.decode(damaged.toString())).isNotNull();
    }
  }

  @Test
  void decode_aCharacterThatIsNoByteInTheEnvelope_isUnreadable() {
    String text = EntryFormat.encode(live(SessionExpiry.at(TIME), "Jörg €", ID));
    int envelope = text.length() - "{\"a\":1}".length();

    for (int at = 0; at < envelope; at++) {
      // Its lower byte is what stands there.
      String damaged =
          text.substring(0, at) + (char) (0x100 | text.charAt(at)) + text.substring(at + 1);

      assertThat(EntryFormat.decode(damaged))
          .as("at %d", at)
          .isInstanceOf(StoredEntry.Unreadable.class);
    }
  }

  @Test
  void decode_everyByteAsData_givesItBack() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    StoredEntry.Live live =
        new StoredEntry.Live(
            1, 2, 0, null, "json", SessionRecord.begin(HANDLE, TIME, SessionExpiry.never(), all));

    assertThat(((StoredEntry.Live) EntryFormat.decode(EntryFormat.encode(live))).session().data())
        .isEqualTo(all);
  }

  @Test
  void toString_liveEntry_hidesTheData() {
    assertThat(live(SessionExpiry.never(), null, null).toString()).doesNotContain("{\"a\"");
  }
}
