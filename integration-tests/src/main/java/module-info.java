/** Nodes in network namespaces, and the scenarios played on them. */
@org.jspecify.annotations.NullMarked
module io.merlon.it {
  requires io.merlon.agent;
  requires static transitive org.jspecify;
}
