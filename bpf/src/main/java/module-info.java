/** The prebuilt eBPF objects, their map layout and the reasons a packet can be given. */
@org.jspecify.annotations.NullMarked
module io.merlon.datapath {
  requires transitive io.merlon.bpf;
  requires static transitive org.jspecify;

  exports io.merlon.datapath;
}
