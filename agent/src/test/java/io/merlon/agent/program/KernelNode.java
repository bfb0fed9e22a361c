package io.merlon.agent.program;

import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.bpf.Interfaces;
import io.merlon.bpf.Pins;
import io.merlon.datapath.Hook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network namespace with interfaces and a BPF file system of its own; both go when it closes. */
final class KernelNode implements AutoCloseable {
  private static final Map<String, Integer> SMALL =
      Map.of(
          "tables", 1 << 16,
          "flows4", 1024,
          "flows6", 1024,
          "fragments4", 256,
          "fragments6", 256,
          "events", 1 << 16);

  private final OwnNamespace namespace = new OwnNamespace();
  private final Path folder;
  private final DatapathSettings.HookKind kind;

  KernelNode(DatapathSettings.HookKind kind) {
    this.kind = kind;
    try {
      folder = Files.createTempDirectory("merlon-node");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Pins.mount(folder);
  }

  OwnNamespace namespace() {
    return namespace;
  }

  Path folder() {
    return folder;
  }

  Path root() {
    return folder.resolve("merlon");
  }

  DatapathSettings settings() {
    return settings(root(), kind);
  }

  static DatapathSettings settings(Path root, DatapathSettings.HookKind kind) {
    return new DatapathSettings(
        root, kind, DatapathSettings.CLSACT_PRIORITY, SMALL, true, false, false);
  }

  LibbpfDatapath open() {
    return namespace.call(this::opened);
  }

  /** With another way to hooks. */
  LibbpfDatapath open(DatapathSettings.HookKind other) {
    return namespace.call(() -> LibbpfDatapath.open(settings(root(), other)));
  }

  /** With maps of these sizes, and the others' as they are by default. */
  LibbpfDatapath open(Map<String, Integer> sizes) {
    DatapathSettings small = settings();
    DatapathSettings sized =
        new DatapathSettings(
            small.root(),
            small.hook(),
            small.clsactPriority(),
            sizes,
            small.verifySource(),
            small.unknownAllowed(),
            small.ethertypeAllowed());
    return namespace.call(() -> LibbpfDatapath.open(sized));
  }

  /** The same, for those who are inside already. */
  LibbpfDatapath opened() {
    return LibbpfDatapath.open(settings());
  }

  /** Adds interfaces, both ends of which are here. */
  List<HostInterface> addInterfaces(int count) {
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      commands.add("link add eni%d type veth peer name pod%d".formatted(i, i));
      commands.add("link set eni%d up".formatted(i));
      commands.add("link set pod%d up".formatted(i));
    }
    namespace.ip(commands.toArray(String[]::new));
    List<HostInterface> interfaces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = "eni" + i;
      interfaces.add(new HostInterface(namespace.call(() -> Interfaces.index(name)), name));
    }
    return interfaces;
  }

  /** Does something in the namespace. */
  void run(Runnable work) {
    namespace.run(work);
  }

  /** The ids of the programs at an interface, in their order, by the kernel's own account. */
  List<Integer> programs(HostInterface at, Hook hook) {
    return namespace.call(() -> ProgramsAt.of(at.ifindex(), hook, kind));
  }

  /** The same, of programs that links hold at the pod's egress. */
  List<Integer> links(HostInterface at) {
    return namespace.call(
        () -> ProgramsAt.of(at.ifindex(), Hook.FROM_POD, DatapathSettings.HookKind.TCX));
  }

  @Override
  public void close() {
    namespace.close();
    OwnNamespace.execute(List.of("umount", "-l", folder.toString()), "");
    try {
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
