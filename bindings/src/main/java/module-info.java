/** libbpf from Java, with no JNI, and the routing socket that says what to attach programs to. */
@org.jspecify.annotations.NullMarked
module io.merlon.bpf {
  requires static transitive org.jspecify;

  exports io.merlon.bpf;
  exports io.merlon.netlink;
}
