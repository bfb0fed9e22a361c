/** libbpf from Java: loading, maps, programs, links and ring buffers, with no JNI. */
@org.jspecify.annotations.NullMarked
module io.merlon.bpf {
  requires static transitive org.jspecify;

  exports io.merlon.bpf;
}
