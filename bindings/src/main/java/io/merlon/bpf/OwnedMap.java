package io.merlon.bpf;

/**
 * A map whose file descriptor the holder closes; the kernel's map lives on if anything else holds
 * it.
 */
public final class OwnedMap<K, V> extends BpfMap<K, V> implements AutoCloseable {
  private OwnedMap(Fd fd, MapInfo info, Codec<K> keys, Codec<V> values) {
    super(fd, info, keys, values);
  }

  /** Takes the descriptor over, and closes it if it is no map the codecs fit. */
  static <K, V> OwnedMap<K, V> of(Fd fd, String subject, Codec<K> keys, Codec<V> values) {
    try {
      return new OwnedMap<>(fd, MapInfo.of(fd.number(), subject), keys, values);
    } catch (RuntimeException unfit) {
      fd.close();
      throw unfit;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
