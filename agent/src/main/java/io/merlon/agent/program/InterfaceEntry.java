package io.merlon.agent.program;

import io.merlon.agent.identity.PodRef;
import io.merlon.bpf.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What we know of an interface that has programs of ours: a value of map {@code interfaces}, which
 * only the agent reads, after a restart.
 *
 * @param pod null for an uplink, and while nobody knows whose it is
 */
record InterfaceEntry(String name, boolean uplink, @Nullable PodRef pod) {
  /** IFNAMSIZ. */
  private static final int NAME = 16;

  /** A namespace's name is a DNS label, a pod's a DNS subdomain. */
  private static final int NAMESPACE = 64;

  private static final int POD = 256;

  static final Codec<InterfaceEntry> CODEC = new EntryCodec();

  private static final class EntryCodec implements Codec<InterfaceEntry> {
    @Override
    public int size() {
      return NAME + NAMESPACE + POD + Long.BYTES;
    }

    @Override
    public void encode(InterfaceEntry entry, ByteBuffer out) {
      PodRef pod = entry.pod;
      put(out, entry.name, NAME);
      put(out, pod == null ? "" : pod.namespace(), NAMESPACE);
      put(out, pod == null ? "" : pod.name(), POD);
      out.putLong(entry.uplink ? 1 : 0);
    }

    @Override
    public InterfaceEntry decode(ByteBuffer in) {
      String name = get(in, NAME);
      String namespace = get(in, NAMESPACE);
      String pod = get(in, POD);
      boolean uplink = in.getLong() != 0;
      return new InterfaceEntry(name, uplink, pod.isEmpty() ? null : new PodRef(namespace, pod));
    }

    private static void put(ByteBuffer out, String text, int size) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length >= size) {
        throw new IllegalArgumentException("longer than " + (size - 1) + " bytes: " + text);
      }
      out.put(bytes);
      out.put(new byte[size - bytes.length]);
    }

    private static String get(ByteBuffer in, int size) {
      byte[] bytes = new byte[size];
      in.get(bytes);
      int end = 0;
      while (end < size && bytes[end] != 0) {
        end++;
      }
      return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
  }
}
