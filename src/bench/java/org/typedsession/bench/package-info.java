/**
 * Benchmarks of the library against what it could be replaced by; {@code mvn -Pbench} runs them.
 */
@NullMarked
package org.typedsession.bench;

import org.jspecify.annotations.NullMarked;
