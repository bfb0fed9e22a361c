package io.merlon.bpf;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Uses whatever libbpf the dynamic linker finds; run by tests in a JVM of its own. */
final class LibraryMain {
  private static final MapSpec HASH = new MapSpec("library", MapType.HASH, 4, 8, 4);

  private LibraryMain() {}

  public static void main(String[] arguments) {
    try {
      switch (arguments[0]) {
        case "create" -> BpfMap.create(HASH, Codec.u32(), Codec.u64()).close();
        case "batch" -> batch();
        case "filter" -> {
          System.out.print(Feature.CLSACT.support() + " ");
          ClsactFilter.createQdisc(1);
        }
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    } catch (BpfException failure) {
      System.out.println(failure.getMessage());
    }
  }

  private static void batch() {
    try (OwnedMap<Integer, Long> map = BpfMap.create(HASH, Codec.u32(), Codec.u64())) {
      map.batch().putAll(Map.of(1, 10L, 2, 20L));
      Map<Integer, Long> entries = new TreeMap<>(map.entries());
      int deleted = map.batch().deleteAll(List.of(2, 3));
      System.out.println(Feature.BATCH_OPS.support() + " " + entries + " " + deleted);
    }
  }
}
