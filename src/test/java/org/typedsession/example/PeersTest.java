package org.typedsession.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeersTest {
  private static final List<Peers.Peer> TWO =
      List.of(new Peers.Peer("node1", 8080), new Peers.Peer("node-2", 8180));

  @Test
  void parse_nothingOrAList_givesThePeers() {
    assertThat(Peers.parse("")).isEmpty();
    assertThat(Peers.parse(" ")).isEmpty();
    assertThat(Peers.parse("node1:8080, node-2:8180")).isEqualTo(TWO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"node1", "node1:", ":8080", "node 1:8080", "node1:80800000", "a:1,,b:2"})
  void parse_anythingElse_isRefusedWithTheForm(String text) {
    assertThatThrownBy(() -> Peers.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("example.nodes must be like node1:8080,node2:8180, was ");
  }

  @Test
  void origins_hostOfTheRequest_isThatOfThePeersToo() {
    assertThat(Peers.origins(TWO, requestTo("localhost")))
        .containsExactly("http://localhost:8080", "http://localhost:8180");
    assertThat(Peers.origins(List.of(), requestTo("localhost"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a; script-src *", "a b", "a,b", "[::1]", "a\r\nX-Y: z"})
  void origins_hostThatIsNoPlainName_areNone(String host) {
    assertThat(Peers.origins(TWO, requestTo(host))).isEmpty();
  }

  private static HttpServletRequest requestTo(String host) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            PeersTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getServerName" -> host;
                  case "getScheme" -> "http";
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
