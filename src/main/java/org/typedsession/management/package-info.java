/** Publishes stores to whoever manages the process, by JMX. */
@NullMarked
package org.typedsession.management;

import org.jspecify.annotations.NullMarked;
