package org.typedsession.example;

/** Something in a request that breaks the rules of the API; the text is for the client. */
final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidInputException(String message) {
    super(message);
  }
}
