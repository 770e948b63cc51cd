package org.typedsession.bench;

/**
 * One comparison over HTTP.
 *
 * @param sticky whether a client goes to the node that its cookie names, or else to the one that
 *     began its session; otherwise to any
 */
record HttpCell(int nodes, Page page, boolean sticky) {
  String routing() {
    return nodes == 1 ? "one node" : sticky ? "three nodes, sticky" : "three nodes, random";
  }

  @Override
  public String toString() {
    return page.label + ", " + routing();
  }
}
