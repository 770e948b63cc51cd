/** Three WildFlys on this machine for tests of a cluster, and the CLI to configure them. */
package org.typedsession.it.cluster;
