package io.merlon.bpf;

import io.merlon.bpf.raw.Libbpf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Codecs for per-CPU maps, whose value is one value for each possible CPU, each padded to 8 bytes.
 */
public final class PerCpu {
  private PerCpu() {}

  private static final class Possible {
    static final int CPUS = count();

    private static int count() {
      Library.require();
      int cpus = Libbpf.libbpf_num_possible_cpus();
      if (cpus < 0) {
        throw new BpfException("libbpf_num_possible_cpus", -cpus, "possible cpus");
      }
      return cpus;
    }
  }

  /** How many CPUs this machine could ever have, which is what the kernel sizes values by. */
  public static int cpus() {
    return Possible.CPUS;
  }

  static int paddedSize(int size) {
    return (size + 7) & ~7;
  }

  /** The values of all CPUs, in the order of the CPUs. */
  public static <V> Codec<List<V>> list(Codec<V> codec) {
    return new PerCpuList<>(codec);
  }

  /**
   * The values of all CPUs as one, such as the sum of counters. Written, the value goes to the
   * first CPU and {@code zero} to the others.
   */
  public static <V> Codec<V> fold(Codec<V> codec, V zero, BinaryOperator<V> operator) {
    return new PerCpuFold<>(codec, zero, operator);
  }

  private static void pad(int size, ByteBuffer out) {
    for (int i = size; i < paddedSize(size); i++) {
      out.put((byte) 0);
    }
  }

  private static <V> void encodeOne(Codec<V> codec, V value, ByteBuffer out) {
    codec.encode(value, out);
    pad(codec.size(), out);
  }

  private static <V> V decodeOne(Codec<V> codec, ByteBuffer in) {
    V value = codec.decode(in);
    in.position(in.position() + paddedSize(codec.size()) - codec.size());
    return value;
  }

  private record PerCpuList<V>(Codec<V> codec) implements Codec<List<V>> {
    @Override
    public int size() {
      return paddedSize(codec.size()) * cpus();
    }

    @Override
    public void encode(List<V> values, ByteBuffer out) {
      if (values.size() != cpus()) {
        throw new IllegalArgumentException(
            values.size() + " values where " + cpus() + " cpus have one each");
      }
      for (V value : values) {
        encodeOne(codec, value, out);
      }
    }

    @Override
    public List<V> decode(ByteBuffer in) {
      List<V> values = new ArrayList<>(cpus());
      for (int cpu = 0; cpu < cpus(); cpu++) {
        values.add(decodeOne(codec, in));
      }
      return values;
    }
  }

  private record PerCpuFold<V>(Codec<V> codec, V zero, BinaryOperator<V> operator)
      implements Codec<V> {
    @Override
    public int size() {
      return paddedSize(codec.size()) * cpus();
    }

    @Override
    public void encode(V value, ByteBuffer out) {
      encodeOne(codec, value, out);
      for (int cpu = 1; cpu < cpus(); cpu++) {
        encodeOne(codec, zero, out);
      }
    }

    @Override
    public V decode(ByteBuffer in) {
      V folded = zero;
      for (int cpu = 0; cpu < cpus(); cpu++) {
        folded = operator.apply(folded, decodeOne(codec, in));
      }
      return folded;
    }
  }
}
