/** The node agent, the workbench and their command line. */
@org.jspecify.annotations.NullMarked
module io.merlon.agent {
  requires io.merlon.datapath;
  requires info.picocli;
  requires static transitive org.jspecify;

  exports io.merlon.agent.api;
  exports io.merlon.agent to
      info.picocli;
}
