package org.typedsession.example;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.OptionalInt;

/** Which node this is, and which others there are. Costs no store operation. */
@WebServlet("/api/cluster")
public final class ClusterServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public ClusterServlet() {
    super("GET", "HEAD");
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    allowPeers(request, response);
    JsonArrayBuilder nodes = Json.createArrayBuilder();
    Peers.ALL.forEach(
        peer ->
            nodes.add(
                Json.createObjectBuilder().add("name", peer.name()).add("port", peer.port())));
    JsonObjectBuilder answer = Json.createObjectBuilder().add("node", Node.NAME);
    OptionalInt members = Members.count();
    if (members.isPresent()) {
      answer.add("members", members.getAsInt());
    } else {
      answer.addNull("members");
    }
    JsonAnswer.write(response, 200, "application/json", answer.add("nodes", nodes).build());
  }

  // A page of another node asks whether this one is there. It sends no cookie, and learns no
  // session.
  private static void allowPeers(HttpServletRequest request, HttpServletResponse response) {
    response.addHeader("Vary", "Origin");
    String origin = request.getHeader("Origin");
    if (origin != null && Peers.origins(Peers.ALL, request).contains(origin)) {
      response.setHeader("Access-Control-Allow-Origin", origin);
    }
  }
}
