package org.typedsession.servlet.filterapp;

import jakarta.servlet.ServletException;
import java.io.IOException;

/** What a servlet does with a request. */
@FunctionalInterface
interface Scenario {
  void play(Visit visit) throws ServletException, IOException;
}
