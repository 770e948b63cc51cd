package org.typedsession.infinispan.cluster;

/**
 * What the cluster looked like when it was taken.
 *
 * @param view who was there, by number
 * @param topology who owned what, by number
 */
record TopologySnapshot(int view, int topology) {}
