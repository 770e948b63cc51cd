package org.typedsession.it.apps;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Whose resources and providers are found by their annotations. */
@ApplicationPath("/rest")
public class RestApplication extends Application {}
