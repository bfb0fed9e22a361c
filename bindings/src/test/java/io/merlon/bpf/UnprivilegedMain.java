package io.merlon.bpf;

import java.nio.file.Files;
import java.nio.file.Path;

/** What a process without capabilities gets to hear; run by tests in a JVM of its own. */
final class UnprivilegedMain {
  private UnprivilegedMain() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "probe" -> {
        for (Feature feature : Feature.values()) {
          System.out.println(feature + " " + feature.support());
        }
      }
      case "load" -> {
        byte[] elf = Files.readAllBytes(Path.of(arguments[1]));
        expectFailure(() -> BpfObjectSpec.parse("basic", elf).load().close());
      }
      case "create" ->
          expectFailure(() ->
              BpfMap.create(new MapSpec("map", MapType.HASH, 4, 4, 1), Codec.u32(), Codec.u32())
                  .close());
      case "list" -> expectFailure(() -> Inventory.programs(""));
      case "qdisc" -> expectFailure(() -> ClsactFilter.createQdisc(1));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void expectFailure(Runnable call) {
    try {
      call.run();
      System.out.println("no failure");
    } catch (BpfException failure) {
      System.out.println(failure.errno() + "|" + failure.getMessage());
    }
  }
}
