package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.testing.ContainerTraits;
import org.typedsession.testing.http.Answer;
import org.typedsession.testing.http.RawConnection;

/**
 * What the filter promises on every container, seen from the client. It knows the filter
 * application by its address only, so it may run in this JVM or on a server.
 */
public abstract class SessionFilterContract {
  private static final String UNKNOWN = "x".repeat(35);

  // Some containers turn a Max-Age of 0 into an Expires.
  @SuppressWarnings("UnnecessaryLambda") // A condition, named as assertions read.
  private static final Predicate<String> REMOVING =
      attribute ->
          attribute.equals("max-age=0") || attribute.matches("expires=thu, 01.jan.1970 00:00:.*");

  private FilterClient client;

  /** A client of the filter application, which is running. */
  protected abstract FilterClient newClient();

  /** What the container does in a way of its own. */
  protected ContainerTraits traits() {
    return ContainerTraits.USUAL;
  }

  @BeforeEach
  void reset() {
    client = newClient();
    client.control("reset");
  }

  // Ways for a response to end, and the status it then has.

  static Stream<Arguments> endings() {
    return Stream.of(
            "empty 200, small 200, reset 200, reset-buffer 200",
            "send-error 409, send-error-text 409, send-error-page 418, redirect 302",
            "full-stream 200, overflow-stream 200, overflow-bytes 200, overflow-euros 200",
            "overflow-euros-utf16 200, overflow-characters 200, overflow-lines 200",
            "set-buffer-size 200, length-stream 200, length-long-stream 200, length-header 200",
            "length-add-header 200, length-int-header 200, length-add-int-header 200",
            "length-writer 200, length-afterwards 200, writer-flush 200, writer-close 200",
            "writer-check-error 200, stream-flush 200, stream-close 200, flush-buffer 200",
            "write-listener 200, late 200, twice 200",
            "small?buffer=inner 200, small?buffer=outer 200, overflow-stream?buffer=inner 200",
            "overflow-stream?buffer=outer 200, flush-buffer?buffer=outer 200",
            "forward 200, forward-large 200, forward-static 200, forward-missing 404",
            "forward-named 200",
            "forward-change-inside 200, include-small 200, include-large 200, include-flush 200",
            "include-nested 200, include-change-inside 200, include-reset 200",
            "async-complete 200, async-complete-first 200, async-write-complete 200",
            "async-flush-first 200, async-dispatch-same 200, async-twice 200, async-behind 200",
            "async-start 200, async-filter-thread 200")
        .flatMap(line -> Arrays.stream(line.split(", ")))
        .map(pair -> Arguments.of(pair.split(" ")[0], Integer.valueOf(pair.split(" ")[1])));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void newSession_howeverTheResponseEnds_isStoredOnceAndItsCookieArrives(String way, int status) {
    Answer answer = client.get("/scenario/" + way);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(operations()).isEqualTo("CREATE=1");
    assertThat(answer.all("Cache-Control")).contains("no-store");
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void privilegeChange_howeverTheResponseEnds_remapsOnceAndItsCookieArrives(
      String way, int status) {
    String old = newAccount();

    Answer answer =
        client.get("/scenario/" + with(way, "change=privilege"), "Cookie: account=" + old);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(operations()).isEqualTo("LOOK_UP=1 UPDATE=1");
    assertThat(answer.cookie("account")).isNotEqualTo(old);
    assertThat(account(answer.cookie("account"))).isEqualTo("alice,1,0");
    assertThat(account(old)).isEqualTo("none");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void routineChange_howeverTheResponseEnds_isWrittenOnceWithoutCookie(String way, int status) {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/" + way, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(operations()).isEqualTo("LOOK_UP=1 WRITE=1");
    assertThat(answer.setCookies("account")).isEmpty();
    assertThat(account(cookie)).isEqualTo("nobody,2,0");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void deletion_howeverTheResponseEnds_endsTheSessionAndRemovesTheCookie(String way, int status) {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/" + with(way, "change=delete"), "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(operations()).isEqualTo("LOOK_UP=1 END=1");
    assertThat(answer.cookie("account")).isEqualTo(traits().removedCookieValue());
    assertThat(attributes(answer.setCookies("account").get(0))).anyMatch(REMOVING);
    assertThat(account(cookie)).isEqualTo("none");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void reading_howeverTheResponseEnds_costsOneReadAndSetsNothing(String way, int status) {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/" + with(way, "change=read"), "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(operations()).isEqualTo("LOOK_UP=1");
    assertThat(answer.all("Set-Cookie")).isEmpty();
    assertThat(answer.all("Cache-Control")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void lostRace_howeverTheResponseEnds_isA409AndNothingIsSaved(String way, int status) {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/" + with(way, "change=set&rival=" + cookie), "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.setCookies("account")).isEmpty();
    assertThat(account(cookie)).isEqualTo("nobody,1,1");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void storeThatFails_howeverTheResponseEnds_isA503WithRetryAfter(String way, int status) {
    client.control("fail?operation=CREATE");

    Answer answer = client.get("/scenario/" + way);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Retry-After")).hasSize(1);
    assertThat(answer.setCookies("account")).isEmpty();
  }

  // P1

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "flush-buffer",
        "overflow-stream",
        "writer-flush",
        "redirect",
        "send-error",
        "length-stream",
        "forward-large",
        "include-large"
      })
  void response_untilTheStoreHasAnswered_isSilent(String way) throws IOException {
    client.control("block?operation=CREATE&barrier=" + way);
    try (RawConnection connection = client.begin("GET", "/scenario/" + way, "")) {
      client.control("arrived?barrier=" + way);
      assertThat(connection.isSilent()).isTrue();
      client.control("open?barrier=" + way);

      assertThat(account(connection.rest("GET").cookie("account"))).isEqualTo("nobody,1,0");
    }
  }

  @Test
  void upgrade_afterAChange_carriesTheCookie() {
    Answer answer = client.get("/scenario/upgrade", "Connection: upgrade", "Upgrade: scenario");

    assertThat(answer.status()).isEqualTo(101);
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  // P2: the overloads of Servlet 6.1

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"redirect-status", "redirect-clear", "redirect-all"})
  void redirect61_whereThereIsOne_storesBefore(String way) {
    Answer answer = client.get("/scenario/" + way);

    // 501 is the application's, which finds no such method.
    int redirect = way.equals("redirect-clear") ? 302 : 303;
    assertThat(answer.status()).isEqualTo(traits().hasServlet61() ? redirect : 501);
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  // P8

  @Test
  void include_inWhichASessionBeginsAndTheBufferOverflows_isAClearErrorAndStoresNothing() {
    Answer answer = client.get("/scenario/include-change-inside-large");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.setCookies("account")).isEmpty();
    assertThat(operations()).isEmpty();
  }

  @Test
  void include_inWhichALiveSessionChangesAndTheBufferOverflows_isStored() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/include-change-inside-large", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(account(cookie)).isEqualTo("nobody,2,0");
  }

  @Test
  void include_byTheServletContextThatOverflowsAfterAChange_isAClearErrorAndStoresNothing() {
    Answer answer = client.get("/scenario/include-large-context");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.setCookies("account")).isEmpty();
    assertThat(operations()).isEmpty();
  }

  @Test
  void include_afterWhichTheStoredSessionChangesAgain_isRefusedToTheApplication() {
    Answer answer = client.get("/scenario/include-change-after");

    assertThat(remarks(1)).contains("IllegalStateException");
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @Test
  void include_afterWhichALiveSessionChangesAgain_isStoredWithBoth() {
    String cookie = newAccount();

    client.get("/scenario/include-change-after", "Cookie: account=" + cookie);

    assertThat(remarks(1)).isEqualTo("done");
    assertThat(account(cookie)).isEqualTo("nobody,3,0");
  }

  // P4, P7, P24: closed after the commit

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"late", "forward-change-after"})
  void change_afterTheCommit_isRefusedToTheApplication(String way) {
    String cookie = newAccount();

    client.get("/scenario/" + way, "Cookie: account=" + cookie);

    assertThat(remarks(1)).contains("IllegalStateException", "can no longer change");
  }

  @Test
  void session_openedAfterTheCommit_isReadable() {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/late-open", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(remarks(2)).contains("left=1", "IllegalStateException");
    assertThat(account(cookie)).isEqualTo("nobody,1,0");
  }

  // P17

  @Test
  void response_committedBehindTheFilter_storesNothingThatNeedsACookie() {
    client.get("/scenario/bypass");

    assertThat(operations()).isEmpty();
  }

  @Test
  void response_committedBehindTheFilter_stillStoresWhatNeedsNone() {
    String cookie = newAccount();

    client.get("/scenario/bypass", "Cookie: account=" + cookie);

    assertThat(account(cookie)).isEqualTo("nobody,2,0");
  }

  // P9: exceptions of the application

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"throw", "throw-other", "async-throw"})
  void exception_afterAChange_dropsItAndLeavesTheCookie(String way) {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/" + way, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.setCookies("account")).isEmpty();
    assertThat(operations()).isEqualTo("LOOK_UP=1");
    assertThat(account(cookie)).isEqualTo("nobody,1,0");
  }

  @Test
  void exception_afterStartAsync_isToldToListeners() {
    client.get("/scenario/async-throw");

    // The error page has remarks of its own.
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(remarks(1).lines()).contains(traits().exceptionAfterStartAsync()));
  }

  @Test
  void exception_onTheErrorPage_showsTheSessionAsItIsStored() {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/throw", "Cookie: account=" + cookie);

    assertThat(answer.body()).isEqualTo("error page");
    assertThat(remarks(1)).contains("page sees left=1", "IllegalStateException");
  }

  @Test
  void exception_afterTheCommit_keepsWhatWasStored() {
    Answer answer = client.get("/scenario/flush-throw");

    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @Test
  void exception_afterAnEarlySave_deliversTheCookieAndDropsTheRest() {
    String old = newAccount();

    Answer answer = client.get("/scenario/save-throw?change=privilege", "Cookie: account=" + old);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(account(answer.cookie("account"))).isEqualTo("alice,1,0");
  }

  // A logout holds

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "throw",
        "throw-other",
        "async-throw",
        "async-timeout",
        "async-timeout-ignored",
        "swallow",
        "delete-and-discard",
        "include-change-inside-large",
        "bypass"
      })
  void deletion_whateverBecomesOfTheRequest_endsTheSession(String way) {
    String cookie = newAccount();

    client.get("/scenario/" + way + "?change=delete", "Cookie: account=" + cookie);

    assertThat(operations()).isEqualTo("LOOK_UP=1 END=1");
    assertThat(account(cookie)).isEqualTo("none");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"throw", "async-timeout"})
  void deletion_inARequestThatFails_removesTheCookie(String way) {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/" + way + "?change=delete", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.cookie("account")).isEqualTo(traits().removedCookieValue());
  }

  @Test
  void deletion_whileAnotherSessionCannotBeStored_endsTheSession() {
    String note = client.get("/scenario/note?text=milk&change=none").cookie("note");
    client.control("fail?operation=CREATE");

    Answer answer = client.get("/scenario/delete-note", "Cookie: note=" + note);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.cookie("note")).isEqualTo(traits().removedCookieValue());
    assertThat(client.get("/scenario/read-note", "Cookie: note=" + note).body()).isEmpty();
  }

  @Test
  void deletion_thatTheStoreCannotCarryOut_isA503AndLeavesTheCookie() {
    String cookie = newAccount();
    client.control("fail?operation=END");
    client.control("fail?operation=END");

    Answer answer = client.get("/scenario/empty?change=delete", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Set-Cookie")).isEmpty();
    assertThat(account(cookie)).isEqualTo("nobody,1,0");
  }

  @Test
  void deletion_afterWhichThePageReads_showsADefaultAndEndsTheSession() {
    String cookie = client.get("/scenario/empty?change=privilege").cookie("account");

    Answer answer = client.get("/scenario/delete-and-read", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("nobody,true");
    assertThat(answer.cookie("account")).isEqualTo(traits().removedCookieValue());
    assertThat(account(cookie)).isEqualTo("none");
  }

  // P10

  @Test
  void errorPage_afterSendError_readsTheStoredSessionWithoutAnotherOperation() {
    String old = newAccount();

    Answer answer =
        client.get("/scenario/send-error-page?change=privilege", "Cookie: account=" + old);

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.body()).isEqualTo("error page");
    assertThat(operations()).isEqualTo("LOOK_UP=1 UPDATE=1");
    assertThat(remarks(1)).contains("page sees left=1");
    assertThat(account(answer.cookie("account"))).isEqualTo("alice,1,0");
  }

  @Test
  void errorPage_forARequestThatGoesOn_doesNotEndIt() {
    client.get("/scenario/go-on-after-error");

    // Two are the page's own.
    assertThat(remarks(4)).contains("true, note=\ndone");
  }

  // Failures that the application gets hold of

  @Test
  void lostRace_swallowedByAnApplicationThatGoesOn_isA409AllTheSame() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/swallow?change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(remarks(1)).contains("SessionConflictException");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).isEqualTo("all is well");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"swallow?then=nothing", "swallow-redirect?", "swallow-reset?"})
  void lostRace_swallowedInAnotherWay_isA409AllTheSame(String way) {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/" + way + "&change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(account(cookie)).isEqualTo("nobody,1,1");
  }

  @Test
  void lostRace_answeredByTheApplicationWithAnErrorOfItsOwn_isThatAnswer() {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/swallow-own-status?change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(412);
    assertThat(answer.body()).isEqualTo("try again");
  }

  @Test
  void lostRace_wrappedByTheApplication_isA409() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/wrap?change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(409);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void lostRace_ofABrowserHoweverTheResponseEnds_isA409AndNothingIsSaved(String way, int status) {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/" + with(way, "change=set&rival=" + cookie),
            "Cookie: account=" + cookie,
            "Accept: text/html,application/xhtml+xml",
            "Sec-Fetch-Mode: navigate");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.setCookies("account")).isEmpty();
    assertThat(answer.all("Cache-Control")).containsExactly("no-store");
    assertThat(account(cookie)).isEqualTo("nobody,1,1");
  }

  @Test
  void refusal_ofAPageInABrowser_saysWhatHappenedAndGoesBackToThePage() {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/small?change=set&x=%3C&rival=" + cookie,
            "Cookie: account=" + cookie,
            "Accept: text/html");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.all("Content-Type"))
        .singleElement()
        .asString()
        .startsWithIgnoringCase("text/html")
        .containsIgnoringCase("charset=utf-8");
    assertThat(answer.body())
        .contains("<h1>Please try again</h1>")
        .contains(
            "<a href=\"%s/scenario/small?change=set&amp;x=%%3C&amp;rival=%s\">"
                .formatted(client.base().getPath(), cookie))
        .endsWith("</html>\n");
  }

  @Test
  void refusal_ofAFormInABrowser_goesBackToThePageOfTheFormOnThisHostOnly() {
    String host = client.base().getAuthority();

    Answer here = refusedForm("Referer: http://" + host + "//x?y='");
    Answer elsewhere = refusedForm("Referer: http://evil.example/x");
    Answer unknown = refusedForm("X-Nothing: here");

    assertThat(here.body()).contains("<a href=\"/x?y=&#39;\">", "content=\"5; url=/x?y=&#39;\"");
    String root = "<a href=\"" + client.base().getPath() + "/\">";
    assertThat(elsewhere.body()).contains(root);
    assertThat(unknown.body()).contains(root);
  }

  private Answer refusedForm(String header) {
    client.control("fail?operation=CREATE");
    Answer answer = client.send("POST", "/scenario/small", "a=b", "Accept: text/html", header);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Retry-After")).containsExactly("5");
    assertThat(answer.body()).contains("<h1>Not available at the moment</h1>");
    return answer;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"Accept: */*", "Accept: text/html|Sec-Fetch-Mode: cors", "X: none"})
  void refusal_ofAnythingElse_isTheContainers(String headers) {
    client.control("fail?operation=CREATE");

    Answer answer = client.get("/scenario/small", headers.split("\\|"));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).doesNotContain("Not available at the moment");
  }

  @Test
  void lostRace_inABodyThatWasAnnounced_isAWhole409WithTheOtherHeaders() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/announced?change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.all("Content-Length")).doesNotContain("100000");
    assertThat(answer.all("X-Cors")).containsExactly("kept");
    assertThat(answer.body()).doesNotContain("begun");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "announced?change=set&rival=%s",
        "announced-save?change=set&rival=%s",
        "announced-async?change=set&rival=%s"
      })
  void refusal_inPlaceOfAnotherAnswer_losesWhatDescribedThatAndIsNotStored(String way) {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/" + with(way.formatted(cookie), "caching=public"),
            "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.all("X-Cors")).containsExactly("kept");
    assertThat(answer.all("Vary")).contains("Origin");
    assertThat(answer.all("Content-Security-Policy")).hasSize(1);
    assertThat(answer.all("Cache-Control")).containsExactly("no-store");
    assertThat(answer.all("CDN-Cache-Control")).isSubsetOf("no-store");
    for (String header :
        List.of("ETag", "Content-Encoding", "Content-Disposition", "Last-Modified", "Expires")) {
      assertThat(answer.all(header)).as(header).isEmpty();
    }
    assertThat(answer.all("Content-Type")).noneMatch(type -> type.contains("image"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void refusal_howeverTheResponseEnds_isNotStoredByAnyCache(String way, int status) {
    client.control("fail?operation=CREATE");

    Answer answer = client.get("/scenario/" + with(way, "caching=public"));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Cache-Control")).containsExactly("no-store");
    assertThat(answer.all("CDN-Cache-Control")).isSubsetOf("no-store");
  }

  // The listeners of the application come after ours, and the response may still be open then.
  @Test
  void refusal_afterWhichAListenerLetsCachesIn_isNotStoredByAnyCache() {
    client.control("fail?operation=CREATE");

    Answer answer = client.get("/scenario/async-behind-caching");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Cache-Control")).containsExactly("no-store");
    assertThat(answer.all("CDN-Cache-Control")).isSubsetOf("no-store");
  }

  @Test
  void refusal_ofARead_isNotStoredByAnyCache() {
    String cookie = newAccount();
    client.control("fail?operation=LOOK_UP");

    Answer answer = client.get("/scenario/account?caching=public", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Cache-Control")).containsExactly("no-store");
  }

  @Test
  void lostRace_ofAnEarlySaveThatTheApplicationSurvives_isA409() {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/save-swallow?change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(remarks(1)).contains("SessionConflictException");
    assertThat(answer.status()).isEqualTo(409);
  }

  @Test
  void update_overtakenByARoutineChange_isRunAgain() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/flush-buffer?rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(account(cookie)).isEqualTo("nobody,2,1");
  }

  @Test
  void update_thatThrowsWhenRunAgain_isAnExceptionOfTheApplication() {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/flush-buffer?change=faulty-rerun&rival=" + cookie,
            "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("error page");
    assertThat(account(cookie)).isEqualTo("nobody,1,1");
  }

  // P30

  @Test
  void store_thatCannotBeRead_isA503AndLeavesTheCookie() {
    String cookie = newAccount();
    client.control("fail?operation=LOOK_UP");

    Answer answer = client.get("/scenario/account", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.all("Retry-After")).hasSize(1);
    assertThat(answer.all("Set-Cookie")).isEmpty();
    assertThat(account(cookie)).isEqualTo("nobody,1,0");
  }

  // P21

  @Test
  void overtakenRequest_withAnIdThatWasJustReplaced_touchesNoCookie() {
    String old = newAccount();
    String current =
        client.get("/scenario/empty?change=privilege", "Cookie: account=" + old).cookie("account");

    assertThat(client.get("/scenario/account", "Cookie: account=" + old).all("Set-Cookie"))
        .isEmpty();
    Answer writing = client.get("/scenario/empty", "Cookie: account=" + old);
    assertThat(writing.status()).isEqualTo(409);
    assertThat(writing.all("Set-Cookie")).isEmpty();
    assertThat(account(current)).isEqualTo("alice,1,0");
  }

  // P12, P24: asynchronous requests

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"async-dispatch", "async-dispatch-first", "async-supplied"})
  void asyncDispatch_thatChangesTheSessionToo_isStoredOnceWithBoth(String way) {
    Answer answer = client.get("/scenario/" + way);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("again ASYNC");
    assertThat(operations()).isEqualTo("CREATE=1");
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,1");
  }

  @Test
  void asyncDispatch_thatFillsABufferBegunBefore_storesBeforeItOverflows() {
    Answer answer = client.get("/scenario/async-dispatch-body");

    assertThat(remarks(1)).contains("IllegalStateException");
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @Test
  void asyncTimeout_afterAChange_dropsIt() {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/async-timeout", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.all("Set-Cookie")).isEmpty();
    assertThat(account(cookie)).isEqualTo("nobody,1,0");
  }

  @Test
  void asyncTimeout_thatAListenerOnlyNotices_dropsTheChange() {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/async-timeout-ignored", "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(remarks(2)).contains("seen");
    assertThat(account(cookie)).isEqualTo("nobody,1,0");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"async-timeout-answer", "async-timeout-answer-by-event"})
  void asyncTimeout_thatTheApplicationAnswers_storesTheChange(String way) {
    String old = newAccount();

    Answer answer = client.get("/scenario/" + way + "?change=privilege", "Cookie: account=" + old);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("too late");
    assertThat(account(answer.cookie("account"))).isEqualTo("alice,1,0");
  }

  @Test
  void asyncTimeout_afterWhichTheApplicationDispatches_storesBothChanges() {
    Answer answer = client.get("/scenario/async-timeout-dispatch");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("again ASYNC");
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,1");
  }

  @Test
  void asyncTimeout_inWhichTheSessionChangesToo_storesBothChanges() {
    Answer answer = client.get("/scenario/async-timeout-change");

    assertThat(remarks(1)).isEqualTo("timed out");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,1");
  }

  @Test
  void asyncTimeout_afterAnEarlySave_deliversTheCookie() {
    Answer answer = client.get("/scenario/async-timeout-save");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @Test
  void asyncListener_ofTheApplication_isCalledToo() {
    client.get("/scenario/async-start");

    assertThat(remarks(1)).isEqualTo("completed");
  }

  // P18, P19, P32

  @Test
  void request_thatUsesNoSession_costsNoOperation() {
    String cookie = "Cookie: account=" + newAccount();

    assertThat(client.get("/scenario/untouched", cookie).all("Set-Cookie")).isEmpty();
    assertThat(client.get("/big.txt", cookie).body()).hasSize(100_000);
    assertThat(client.get("/missing.txt", cookie).status()).isEqualTo(404);
    assertThat(client.send("HEAD", "/big.txt", "", cookie).status()).isEqualTo(200);
    assertThat(client.send("OPTIONS", "/big.txt", "", cookie).status()).isEqualTo(200);
    assertThat(operations()).isEmpty();
  }

  @Test
  void head_onAServletThatChangesTheSession_storesAndSetsTheCookie() {
    Answer answer = client.send("HEAD", "/scenario/small", "");

    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @Test
  void cookie_thatCannotBeOne_costsNoOperation() {
    assertThat(account("short")).isEqualTo("none");
    assertThat(operations()).isEmpty();
  }

  @Test
  void body_ofAForm_isLeftToTheApplication() {
    Answer answer = client.send("POST", "/scenario/body", "a=1&b=2");

    assertThat(answer.body()).isEqualTo("a=1&b=2");
    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
  }

  @Test
  void request_thatUsesASession_createsNoneOfTheContainer() {
    Answer answer = client.get("/scenario/container-session");

    assertThat(answer.body()).isEqualTo("null");
    assertThat(answer.all("Set-Cookie")).hasSize(1);
  }

  // Several sessions of one request

  @Test
  void sessions_ofTwoTypes_areEachStoredWithTheirOwnCookie() {
    Answer answer = client.get("/scenario/note?text=milk");

    assertThat(account(answer.cookie("account"))).isEqualTo("nobody,1,0");
    String note = "Cookie: note=" + answer.cookie("note");
    assertThat(client.get("/scenario/read-note", note).body()).isEqualTo("milk");
  }

  @Test
  void sessions_ofWhichTheSecondIsRefused_keepTheFirstAndDeliverItsCookie() {
    String cookie = newAccount();

    Answer answer =
        client.get(
            "/scenario/note?text=milk&change=set&rival=" + cookie, "Cookie: account=" + cookie);

    assertThat(answer.status()).isEqualTo(409);
    String note = "Cookie: note=" + answer.cookie("note");
    assertThat(client.get("/scenario/read-note", note).body()).isEqualTo("milk");
  }

  // Cookies

  @Test
  void cookie_thatIsSet_hasAllAttributes() {
    Answer answer = client.get("/scenario/note?text=milk");

    assertThat(attributes(answer.setCookies("account").get(0)))
        .containsExactlyInAnyOrder("path=/", "httponly", "samesite=lax");
    assertThat(attributes(answer.setCookies("note").get(0)))
        .contains("path=/", "httponly", "samesite=lax")
        .anyMatch(attribute -> attribute.matches("max-age=1(800|799|79[0-8])"));
  }

  @Test
  void cookie_thatIsRemoved_mirrorsAllAttributes() {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/empty?change=delete", "Cookie: account=" + cookie);

    assertThat(attributes(answer.setCookies("account").get(0)))
        .contains("path=/", "httponly", "samesite=lax")
        .anyMatch(REMOVING);
  }

  @Test
  void cacheControl_ofARemoval_isNoStore() {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/empty?change=delete", "Cookie: account=" + cookie);

    assertThat(answer.all("Cache-Control")).contains("no-store");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("endings")
  void cookie_howeverTheResponseEnds_isNotForSharedCaches(String way, int status) {
    Answer answer = client.get("/scenario/" + with(way, "caching=public"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.setCookies("account")).hasSize(1);
    assertThat(directives(answer)).containsAnyOf("private", "no-store");
    assertThat(directives(answer)).doesNotContain("public", "s-maxage=700");
    assertThat(answer.all("CDN-Cache-Control")).isSubsetOf("no-store");
    assertThat(answer.all("Surrogate-Control")).isSubsetOf("no-store");
    assertThat(answer.all("X-Accel-Expires")).isSubsetOf("0");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"save-throw", "save-throw-other"})
  void cookie_ofAnEarlySaveBeforeAnException_isNotForSharedCaches(String way) {
    Answer answer = client.get("/scenario/" + with(way, "caching=public"));

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.setCookies("account")).hasSize(1);
    // Undertow wipes all headers of what has no error page. Without any, caches store no 500.
    if (!answer.all("Cache-Control").isEmpty()) {
      assertThat(directives(answer)).containsAnyOf("private", "no-store");
    }
    assertThat(directives(answer)).doesNotContain("public", "s-maxage=700");
    assertThat(answer.all("CDN-Cache-Control")).isSubsetOf("no-store");
    assertThat(answer.all("Expires")).isEmpty();
  }

  @Test
  void cookie_thatIsRemoved_isNotForSharedCachesEither() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/empty?change=delete&caching=public", "Cookie: account=" + cookie);

    assertThat(answer.setCookies("account")).hasSize(1);
    assertThat(directives(answer)).contains("private", "max-age=600", "must-revalidate");
  }

  @Test
  void caching_withoutACookie_isTheApplicationsAffair() {
    Answer answer = client.get("/scenario/untouched?caching=public");

    assertThat(directives(answer))
        .containsExactlyInAnyOrder("public", "max-age=600", "s-maxage=700", "must-revalidate");
    assertThat(answer.all("CDN-Cache-Control")).containsExactly("max-age=800");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "private               | max-age=60        | private, max-age=60",
        "no-store              | max-age=60        | no-store, max-age=60",
        "no-cache              | max-age=60        | private, no-cache, max-age=60",
        "public                | Max-Age=60        | private, max-age=60",
        "private               | public            | private",
        "PRIVATE               | s-maxage=5        | private",
        "no-store              | must-understand   | private, no-store, must-understand",
        "private=\"x-a, x-b\" | max-age=60        | private, max-age=60",
        "no-cache=\"private,\" | max-age=60       | private, no-cache=\"private,\", max-age=60",
        "x=\"open              | private           | private, x=\"open, private",
      })
  void cacheControl_ofTheApplication_isKeptButForWhatLetsSharedCachesIn(
      String first, String second, String expected) {
    Answer answer =
        client.get("/scenario/cache-control?first=%s&second=%s".formatted(url(first), url(second)));

    assertThat(answer.setCookies("account")).hasSize(1);
    assertThat(String.join(", ", answer.all("Cache-Control"))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "max-age=60                            | no-store",
        "content=\"ESI/1.0\"                   | no-store, content=\"ESI/1.0\"",
        "max-age=60+5, Content=\"ESI/1.0 A,B\" | no-store, content=\"ESI/1.0 A,B\"",
        "no-store, content=\"ESI/1.0\"         | no-store, content=\"ESI/1.0\"",
        "content=\"open, max-age=60            | no-store",
        "content=x max-age=60                  | no-store",
      })
  void surrogateControl_ofTheApplication_isKeptButForWhatLetsCachesIn(
      String said, String expected) {
    Answer answer = client.get("/scenario/surrogate-control?first=" + url(said));

    assertThat(answer.setCookies("account")).hasSize(1);
    assertThat(answer.all("Surrogate-Control")).containsExactly(expected);
  }

  // Table B and P26

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "account=%s",
        "account=" + "dead; account=%s",
        "account=%s; account=dead",
        "account=\"%s\"",
        "novalue; account=%s",
        "=x; account=%s",
        "bad name=1; account=%s",
        "x={\"a\":1}; account=%s",
        "x=a\"b; account=%s",
        "x=\"open; account=%s",
        " account = %s ;",
        ";;; account=%s;;",
        "$Version=1; account=%s; $Path=/",
        "Account=dead; account=%s"
      })
  void cookieHeader_withOurs_findsIt(String header) {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/account", "Cookie: " + header.formatted(cookie));

    assertThat(answer.body()).isEqualTo("nobody,1,0");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "account=%s,account=%s",
        "x=1,account=%s",
        "account=%s=",
        "account=%s x",
        "xaccount=%s",
        "ACCOUNT=%s",
        "account"
      })
  void cookieHeader_withoutOurs_isNoSessionAndNoOperation(String header) {
    String cookie = newAccount();

    Answer answer = client.get("/scenario/account", "Cookie: " + header.formatted(cookie, cookie));

    assertThat(answer.body()).isEqualTo("none");
    assertThat(operations()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"/scenario/account?account=%s", "/scenario/account;account=%s"})
  void cookieValue_inTheUrl_isNoSessionAndNoOperation(String url) {
    String cookie = newAccount();

    Answer answer = client.get(url.formatted(cookie), "account: " + cookie);

    assertThat(answer.body()).isEqualTo("none");
    assertThat(operations()).isEmpty();
  }

  @Test
  void cookieHeaders_ofWhichTheSecondHasTheLiveOne_findIt() {
    String cookie = newAccount();

    Answer answer =
        client.get("/scenario/account", "Cookie: account=" + UNKNOWN, "Cookie: account=" + cookie);

    assertThat(answer.body()).isEqualTo("nobody,1,0");
    assertThat(operations()).isEqualTo("LOOK_UP=2");
  }

  @Test
  void cookieHeader_withTwoLiveOnes_takesTheFirst() {
    String first = newAccount();
    String second = client.get("/scenario/empty?change=privilege").cookie("account");
    client.control("reset");

    Answer answer =
        client.get("/scenario/account", "Cookie: account=" + first + "; account=" + second);

    assertThat(answer.body()).isEqualTo("nobody,1,0");
    assertThat(operations()).isEqualTo("LOOK_UP=1");
  }

  @Test
  void cookieHeader_withFiftyCandidates_costsFiveReads() {
    StringBuilder header = new StringBuilder("Cookie: ");
    for (int i = 10; i < 60; i++) {
      header.append("account=").append(i).append("x".repeat(33)).append("; ");
    }

    assertThat(client.get("/scenario/account", header.toString()).body()).isEqualTo("none");
    assertThat(operations()).isEqualTo("LOOK_UP=5");
  }

  // The authenticated user

  @Test
  void login_ofTheContainer_rotatesTheIdOfAReadSession() {
    String old = newAccount();

    Answer answer = client.get("/scenario/account", "Cookie: account=" + old, "X-User: alice");

    assertThat(operations()).isEqualTo("LOOK_UP=1 UPDATE=1 LOOK_UP_PRINCIPAL=1 WRITE_PRINCIPAL=1");
    String cookie = answer.cookie("account");
    Answer second = client.get("/scenario/account", "Cookie: account=" + cookie, "X-User: alice");
    assertThat(second.all("Set-Cookie")).isEmpty();
    client.get("/scenario/end-all?user=alice");
  }

  // The sessions of a principal

  @Test
  void login_beyondTheLimit_isA403AndLeavesTheSession() {
    List<String> cookies = List.of(loggedIn("limit"), loggedIn("limit"), loggedIn("limit"));
    String late = newAccount();

    Answer answer =
        client.get("/scenario/empty?change=login&user=limit", "Cookie: account=" + late);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.all("Set-Cookie")).isEmpty();
    assertThat(account(late)).isEqualTo("nobody,1,0");
    assertThat(cookies).allMatch(cookie -> account(cookie).equals("nobody,1,0"));
    client.get("/scenario/end-all?user=limit");
  }

  @Test
  void login_ofTheContainerBeyondTheLimit_isA403() {
    for (int i = 0; i < 3; i++) {
      loggedIn("container");
    }
    String late = newAccount();

    Answer answer = client.get("/scenario/account", "Cookie: account=" + late, "X-User: container");

    assertThat(answer.status()).isEqualTo(403);
    client.get("/scenario/end-all?user=container");
    assertThat(
            client
                .get("/scenario/account", "Cookie: account=" + late, "X-User: container")
                .status())
        .isEqualTo(200);
    client.get("/scenario/end-all?user=container");
  }

  @Test
  void endAll_withARequestInFlight_leavesNothing() throws IOException {
    String one = loggedIn("ended");
    String other = loggedIn("ended");
    client.control("block?operation=UPDATE&barrier=new-id");
    try (RawConnection inFlight =
        client.begin("GET", "/scenario/empty?change=privilege", "", "Cookie: account=" + one)) {
      client.control("arrived?barrier=new-id");
      client.get("/scenario/end-all?user=ended");
      client.control("open?barrier=new-id");

      Answer answer = inFlight.rest("GET");
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.all("Set-Cookie")).isEmpty();
    }

    assertThat(account(one)).isEqualTo("none");
    assertThat(account(other)).isEqualTo("none");
    assertThat(client.get("/scenario/sessions?user=ended").body()).isEqualTo("0");
  }

  @Test
  void endOthers_leavesTheClientsOwn() {
    String other = loggedIn("others");
    String own = loggedIn("others");

    assertThat(client.get("/scenario/end-others", "Cookie: account=" + own).status())
        .isEqualTo(200);

    assertThat(account(other)).isEqualTo("none");
    assertThat(account(own)).isEqualTo("nobody,1,0");
    assertThat(client.get("/scenario/sessions?user=others").body()).isEqualTo("1");
    client.get("/scenario/end-all?user=others");
  }

  private String loggedIn(String user) {
    String cookie =
        client
            .get("/scenario/empty?change=login&user=" + user, "Cookie: account=" + newAccount())
            .cookie("account");
    client.control("reset");
    return cookie;
  }

  // P31

  @Test
  void session_keptBeyondItsRequest_isSealedAndStaysTheFormerUsers() {
    String alice = client.get("/scenario/empty?change=privilege").cookie("account");
    client.get("/scenario/keep", "Cookie: account=" + alice);
    String bob = newAccount();

    Answer answer = client.get("/scenario/use-kept", "Cookie: account=" + bob);

    assertThat(answer.body()).isEqualTo("alice");
    assertThat(remarks(1)).contains("IllegalStateException");
    assertThat(account(alice)).isEqualTo("alice,0,0");
    assertThat(account(bob)).isEqualTo("nobody,2,0");
  }

  @Test
  void objects_ofARequest_lastUntilItEndsAndAreToldInReverse() {
    assertThat(client.get("/scenario/objects").body()).isEqualTo("made, made");

    assertThat(remarks(2)).isEqualTo("last registered\nfirst registered, sees Optional.empty");
  }

  /** The cookie of a live session, whose store operations are not counted. */
  private String newAccount() {
    String cookie = client.get("/scenario/empty").cookie("account");
    client.control("reset");
    return cookie;
  }

  /** The data behind a cookie; {@code none} without a session. */
  private String account(String cookie) {
    return client.get("/scenario/account", "Cookie: account=" + cookie).body();
  }

  /** What reached the store since the last reset. */
  private String operations() {
    return client.control("operations");
  }

  /** What scenarios have noted, once there are so many remarks. */
  private String remarks(int count) {
    return client.control("remarks?count=" + count);
  }

  private static List<String> directives(Answer answer) {
    return answer.all("Cache-Control").stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip)
        .toList();
  }

  private static String url(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String with(String way, String parameter) {
    return way + (way.contains("?") ? "&" : "?") + parameter;
  }

  private static List<String> attributes(String setCookie) {
    return Arrays.stream(setCookie.split(";"))
        .skip(1)
        .map(attribute -> attribute.strip().toLowerCase(Locale.ROOT))
        .toList();
  }
}
