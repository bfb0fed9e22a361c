/** Nodes in network namespaces, and the scenarios played on them. */
@org.jspecify.annotations.NullMarked
module io.merlon.it {
  requires io.merlon.agent;
  requires io.merlon.datapath;
  requires static transitive org.jspecify;

  exports io.merlon.it;
}
