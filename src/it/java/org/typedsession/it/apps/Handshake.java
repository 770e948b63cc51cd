package org.typedsession.it.apps;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import org.typedsession.Session;

/** Takes the session of the handshake, which is a request, along to the connection. */
public class Handshake extends ServerEndpointConfig.Configurator {
  private static final TypeLiteral<Session<Visit>> SESSION = new TypeLiteral<>() {};

  @Override
  public void modifyHandshake(
      ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    config.getUserProperties().put("visit", CDI.current().select(SESSION).get().unwrap());
  }
}
