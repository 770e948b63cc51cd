package org.typedsession.servlet.lab;

/** What scenarios throw. */
public class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }
}
