/** The application that the benchmark deploys, once for each way to keep a session. */
@NullMarked
package org.typedsession.bench.http;

import org.jspecify.annotations.NullMarked;
