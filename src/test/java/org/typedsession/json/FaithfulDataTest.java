package org.typedsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFilter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIgnoreType;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.Version;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;

/** What comes back is what was written, or the deployment or the first write says no. */
@SuppressWarnings({"unused", "JavaUtilDate"}) // they are data
final class FaithfulDataTest {

  // ---- annotations that lose members

  record Ignored(String name, @JsonIgnore @Nullable String role) {}

  record WriteOnly(@JsonProperty(access = JsonProperty.Access.WRITE_ONLY) @Nullable String role) {}

  record ReadOnly(@JsonProperty(access = JsonProperty.Access.READ_ONLY) @Nullable String role) {}

  @JsonIgnoreProperties("role")
  record IgnoredByName(String name, @Nullable String role) {}

  @JsonIgnoreProperties(value = "role", allowGetters = true)
  record IgnoredWhenRead(String name, @Nullable String role) {}

  @JsonIgnoreProperties(value = "role", allowSetters = true)
  record IgnoredWhenWritten(String name, @Nullable String role) {}

  @JsonIncludeProperties("name")
  record OnlySome(String name, @Nullable String role) {}

  record IgnoredInside(@JsonIgnoreProperties("role") Plain plain) {}

  record Plain(String name, @Nullable String role) {}

  @JsonIgnoreType
  record Nowhere(String role) {}

  record OfIgnoredType(String name, @Nullable Nowhere role) {}

  @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.NONE)
  static final class Undetected {
    private String role = "";
  }

  record Raw(@JsonRawValue String role) {}

  static final class AnyGetter {
    private String role = "";
    private Map<String, String> others = new HashMap<>();

    @JsonAnyGetter
    Map<String, String> others() {
      return others;
    }

    @JsonAnySetter
    void other(String name, String value) {
      others.put(name, value);
    }
  }

  static final class Unwrapped {
    @JsonUnwrapped private Plain plain = new Plain("", null);
  }

  @JsonFilter("some")
  record Filtered(String role) {}

  record HalfAValue(@JsonValue String name, @Nullable String role) {
    @JsonCreator
    static HalfAValue of(String name) {
      return new HalfAValue(name, null);
    }
  }

  /** Of two constants with one form, one comes back as the other. */
  enum Role {
    ADMIN("staff"),
    CLERK("staff"),
    GUEST("guest");

    private final String label;

    Role(String label) {
      this.label = label;
    }

    @JsonValue
    String label() {
      return label;
    }
  }

  record OfRole(Role role) {}

  record OfRoles(Set<Role> roles) {}

  record ByRole(Map<Role, String> names) {}

  enum Level {
    LOW,
    HIGH;

    @JsonCreator
    static Level of(String name) {
      return name.equals("HIGH") ? LOW : valueOf(name);
    }
  }

  record OfLevel(Level level) {}

  record NullIsSkipped(@JsonSetter(nulls = Nulls.SKIP) @Nullable String role) {}

  record NullIsEmpty(@JsonSetter(nulls = Nulls.AS_EMPTY) @Nullable String role) {}

  record NullInsideIsSkipped(@JsonSetter(contentNulls = Nulls.SKIP) List<String> roles) {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        OfRole.class,
        OfRoles.class,
        ByRole.class,
        OfLevel.class,
        NullIsSkipped.class,
        NullIsEmpty.class,
        NullInsideIsSkipped.class,
        Ignored.class,
        WriteOnly.class,
        ReadOnly.class,
        IgnoredByName.class,
        IgnoredWhenRead.class,
        IgnoredWhenWritten.class,
        OnlySome.class,
        IgnoredInside.class,
        OfIgnoredType.class,
        Undetected.class,
        Raw.class,
        AnyGetter.class,
        Unwrapped.class,
        Filtered.class,
        HalfAValue.class
      })
  void construct_annotationThatLosesAMember_isRefused(Class<?> type) {
    assertThatThrownBy(() -> new JsonSessionCodec<>(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(type.getTypeName() + " cannot be stored as JSON: ");
  }

  @Test
  void construct_annotationThatLosesAMember_isNamedWithItsPath() {
    assertThatThrownBy(() -> new JsonSessionCodec<>(Ignored.class))
        .hasMessageContaining(Ignored.class.getName() + ".role is not written")
        .hasMessageContaining("give sessions a type of their own");
  }

  enum Size {
    @JsonProperty("s")
    SMALL,
    LARGE {
      @Override
      public String toString() {
        return "quite large";
      }
    }
  }

  record Sizes(Size one, Map<Size, Set<Size>> others) {}

  @Test
  void encode_constantsWithNamesOfTheirOwn_comeBack() {
    Sizes sizes = new Sizes(Size.SMALL, Map.of(Size.LARGE, Set.of(Size.SMALL, Size.LARGE)));

    assertThat(back(Sizes.class, sizes)).isEqualTo(sizes);
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Lean(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> none,
      @Nullable Set<String> empty,
      String blank,
      @JsonProperty("r") String role) {}

  @Test
  void encode_inclusionMeantForAnswers_losesNothing() {
    Lean lean = new Lean(null, Set.of(), "", "admin");

    assertThat(back(Lean.class, lean)).isEqualTo(lean);
    Lean other = new Lean(List.of(), null, "", "");
    assertThat(back(Lean.class, other)).isEqualTo(other);
  }

  // ---- values of the JDK

  record Address(InetAddress held) {}

  record Endpoint(InetSocketAddress held) {}

  record Appointment(Calendar held) {}

  record Appointments(List<GregorianCalendar> held) {}

  record Stamp(Timestamp held) {}

  record Place(Path held) {}

  record Document(File held) {}

  record Search(Pattern held) {}

  record Rules(SimpleTimeZone held) {}

  record Waiting(PriorityQueue<String> held) {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        Address.class,
        Endpoint.class,
        Appointment.class,
        Appointments.class,
        Stamp.class,
        Place.class,
        Document.class,
        Search.class,
        Rules.class,
        Waiting.class
      })
  void construct_valueOfTheJdkThatChanges_isRefusedWithItsPath(Class<?> type) {
    assertThatThrownBy(() -> new JsonSessionCodec<>(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(type.getSimpleName() + ".held");
  }

  record Moment(@Nullable Date at, @Nullable TimeZone zone) {}

  @Test
  void encode_subclassThatChanges_isRefusedWithItsPathAlsoAfterOthers() {
    SessionCodec<Moment> codec = new JsonSessionCodec<>(Moment.class);
    codec.encode(new Moment(null, null));
    codec.encode(new Moment(new Date(5), TimeZone.getTimeZone("Europe/Berlin")));

    assertThatThrownBy(() -> codec.encode(new Moment(Timestamp.from(Instant.EPOCH), null)))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Moment.at");
    assertThatThrownBy(() -> codec.encode(new Moment(null, new SimpleTimeZone(5, "Europe/Berlin"))))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Moment.zone");
  }

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
  record Moments(
      @Nullable List<Date> list,
      @Nullable Map<String, Date> map,
      Optional<Date> maybe,
      Date @Nullable [] array) {}

  static Stream<Moments> momentsOf(Date date) {
    return Stream.of(
        new Moments(List.of(new Date(1), date), null, Optional.empty(), null),
        new Moments(null, Map.of("a", date), Optional.empty(), null),
        new Moments(null, null, Optional.of(date), null),
        new Moments(null, null, Optional.empty(), new Date[] {date}));
  }

  static Stream<Moments> momentsOfAnotherClass() {
    return momentsOf(Timestamp.from(Instant.EPOCH));
  }

  @ParameterizedTest
  @MethodSource("momentsOfAnotherClass")
  void encode_subclassInsideAContainerAfterOthers_isRefusedWithItsPath(Moments moments) {
    SessionCodec<Moments> codec = new JsonSessionCodec<>(Moments.class);
    momentsOf(new Date(5)).forEach(codec::encode);

    assertThatThrownBy(() -> codec.encode(moments))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Moments.");
  }

  // ---- what only a value shows

  record Rounded(
      @JsonFormat(
              shape = JsonFormat.Shape.STRING,
              pattern = "yyyy-MM-dd'T'HH:mm:ssX",
              timezone = "UTC")
          @Nullable Instant at) {}

  record Deep(String name, List<Rounded> times) {}

  @Test
  void encode_formatThatLosesDigits_isRefusedAtTheFirstValueWithItsPath() {
    SessionCodec<Deep> codec = new JsonSessionCodec<>(Deep.class);
    codec.encode(new Deep("secret", List.of()));
    codec.encode(new Deep("secret", List.of(new Rounded(null))));

    Deep deep = new Deep("secret", List.of(new Rounded(Instant.ofEpochSecond(1, 5))));
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> codec.encode(deep))
          .isInstanceOf(SessionCodecException.class)
          .hasMessageContaining("Deep.times[].at")
          .hasMessageNotContaining("secret");
    }
  }

  record ToTheMinute(
      @JsonFormat(shape = JsonFormat.Shape.STRING, pattern = "yyyy-MM-dd HH:mm")
          LocalDateTime at) {}

  record OldToTheMinute(
      @JsonFormat(shape = JsonFormat.Shape.STRING, pattern = "yyyy-MM-dd HH:mm") Date at) {}

  /** A form of its own, which only some values fit. */
  record Brief(String text) {
    @JsonValue
    String written() {
      return text.substring(0, Math.min(3, text.length()));
    }
  }

  record OfBrief(List<Brief> texts) {}

  @Test
  void encode_valueThatItsOwnFormCuts_isRefusedAlsoAfterOthers() {
    SessionCodec<OfBrief> codec = new JsonSessionCodec<>(OfBrief.class);
    codec.encode(new OfBrief(List.of(new Brief("abc"))));

    assertThatThrownBy(() -> codec.encode(new OfBrief(List.of(new Brief("abcd")))))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("OfBrief.texts");
  }

  @Test
  void encode_dataThatIsAListOfADifferentClass_isRefusedAlsoAfterOthers() throws Exception {
    SessionCodec<List<Date>> codec =
        new JsonSessionCodec<>(Moments.class.getDeclaredField("list").getGenericType());
    codec.encode(List.of(new Date(5)));

    assertThatThrownBy(() -> codec.encode(List.of(Timestamp.from(Instant.EPOCH))))
        .isInstanceOf(SessionCodecException.class);
  }

  @Test
  void encode_formatThatLosesSeconds_isRefusedAlsoAfterValuesWithout() {
    SessionCodec<ToTheMinute> codec = new JsonSessionCodec<>(ToTheMinute.class);
    SessionCodec<OldToTheMinute> old = new JsonSessionCodec<>(OldToTheMinute.class);
    codec.encode(new ToTheMinute(LocalDateTime.of(2026, 1, 2, 3, 4)));
    old.encode(new OldToTheMinute(new Date(60_000)));

    assertThatThrownBy(() -> codec.encode(new ToTheMinute(LocalDateTime.of(2026, 1, 2, 3, 4, 5))))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("ToTheMinute.at");
    assertThatThrownBy(() -> old.encode(new OldToTheMinute(new Date(61_000))))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("OldToTheMinute.at");
  }

  record Colour(int red, int green) {
    @JsonValue
    String text() {
      return red + "/" + green;
    }
  }

  record Wall(List<Colour> colours) {}

  @Test
  void encode_valueThatCannotBeRead_isRefusedAtTheFirstValue() {
    SessionCodec<Wall> codec = new JsonSessionCodec<>(Wall.class);
    codec.encode(new Wall(List.of()));

    assertThatThrownBy(() -> codec.encode(new Wall(List.of(new Colour(1, 2)))))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("could not be read back")
        .hasMessageContaining("Wall[\"colours\"]");
  }

  record Counted(int number) {
    Counted {
      number++;
    }
  }

  @Test
  void encode_constructorThatChangesWhatItIsGiven_isRefused() {
    SessionCodec<Counted> codec = new JsonSessionCodec<>(Counted.class);

    assertThatThrownBy(() -> codec.encode(new Counted(1)))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Counted.number");
  }

  record Sets(Set<String> copied, Set<Plain> plain, Map<String, Integer> map) {
    Sets {
      copied = Set.copyOf(copied);
    }
  }

  @Test
  void encode_setsOfAnotherOrderWhenRead_areNoDifference() {
    Set<String> texts = new HashSet<>(1 << 12);
    Set<Plain> plain = new HashSet<>(1 << 12);
    Map<String, Integer> map = new HashMap<>(1 << 12);
    for (int i = 0; i < 100; i++) {
      texts.add("text " + i);
      plain.add(new Plain("" + i, null));
      map.put("key " + i * 7919, i);
    }
    Sets sets = new Sets(texts, plain, map);

    assertThat(back(Sets.class, sets)).isEqualTo(sets);
  }

  static final class Reads {
    static int made;
  }

  record Watched(String text) {
    Watched {
      Reads.made++;
    }
  }

  @Test
  void encode_afterTheFirst_readsNothingBack() {
    SessionCodec<Watched> codec = new JsonSessionCodec<>(Watched.class);
    codec.encode(new Watched("a"));
    Watched next = new Watched("b");
    int before = Reads.made;

    codec.encode(next);

    assertThat(Reads.made).isEqualTo(before);
  }

  // ---- limits of reading

  record Text(String text, Map<String, String> map) {}

  record BigNumber(@Nullable BigInteger whole, @Nullable BigDecimal decimal) {}

  @Test
  void encode_textThatIsTooLongToBeRead_isRefused() {
    SessionCodec<Text> codec = new JsonSessionCodec<>(Text.class);
    codec.encode(new Text("a", Map.of("a", "b")));
    String longText = "x".repeat(SessionMapper.MAX_TEXT_LENGTH + 1);

    assertThatThrownBy(() -> codec.encode(new Text(longText, Map.of())))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Text[\"text\"]");
    assertThatThrownBy(() -> codec.encode(new Text("", Map.of(longText, ""))))
        .isInstanceOf(SessionCodecException.class);
  }

  @Test
  void encode_numberThatIsTooLongToBeRead_isRefused() {
    SessionCodec<BigNumber> codec = new JsonSessionCodec<>(BigNumber.class);
    codec.encode(new BigNumber(BigInteger.ONE, BigDecimal.ONE));
    BigInteger longest = BigInteger.TEN.pow(LimitedNumber.MAXIMUM_LENGTH - 1);
    BigInteger tooLong = BigInteger.TEN.pow(LimitedNumber.MAXIMUM_LENGTH);

    assertThat(codec.decode(codec.encode(new BigNumber(longest, null))).whole()).isEqualTo(longest);
    assertThatThrownBy(() -> codec.encode(new BigNumber(tooLong, null)))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("BigNumber[\"whole\"]");
    assertThatThrownBy(() -> codec.encode(new BigNumber(null, new BigDecimal(tooLong))))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("BigNumber[\"decimal\"]");
  }

  // ---- the library

  @Test
  void check_oldJackson_isRefusedWithTheLowestThatWorks() {
    assertThatIllegalStateException()
        .isThrownBy(() -> JacksonVersion.check("jackson-databind", version(2, 17)))
        .withMessageContainingAll("TSESS0140", "jackson-databind 2.17.0", "2.18 or later");
    assertThatNoException()
        .isThrownBy(() -> JacksonVersion.check("jackson-databind", version(2, 18)));
  }

  private static Version version(int major, int minor) {
    return new Version(major, minor, 0, null, "com.fasterxml.jackson.core", "jackson-databind");
  }

  // ---- what is logged

  record Choosy(String name, Map<String, Integer> scores) {
    Choosy {
      if (name.startsWith("secret")) {
        throw new IllegalArgumentException("no such name: " + name);
      }
    }
  }

  @Test
  void decode_anythingRefused_quotesNothingInItsStackTrace() {
    SessionCodec<Choosy> codec = new JsonSessionCodec<>(Choosy.class);
    for (String json :
        List.of(
            "{\"name\":\"secret-1\",\"scores\":{}}",
            "{\"name\":\"a\",\"scores\":{\"secret-2\":\"secret-3\"}}",
            "{\"name\":\"a\",\"scores\":{\"secret-4\":{}}}",
            "{\"name\":secret5}")) {
      assertThatThrownBy(() -> codec.decode(json.getBytes(UTF_8)))
          .isInstanceOf(SessionCodecException.class)
          .satisfies(
              e -> {
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString())
                    .doesNotContain("secret")
                    .contains("Redacted: com.fasterxml.jackson", "JsonSessionCodec.decode");
              });
    }
  }

  private static <T> T back(Class<T> type, T data) {
    SessionCodec<T> codec = new JsonSessionCodec<>(type);
    return codec.decode(codec.encode(data));
  }
}
