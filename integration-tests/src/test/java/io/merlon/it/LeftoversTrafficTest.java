package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.merlon.bpf.BpfProgram;
import io.merlon.bpf.Inventory;
import io.merlon.bpf.LinkInfo;
import io.merlon.bpf.MapInfo;
import io.merlon.bpf.ProgramInfo;
import io.merlon.it.Client.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that talked and was closed leaves nothing of its own in the kernel. */
class LeftoversTrafficTest {
  private static final Duration PATIENT = Duration.ofSeconds(10);

  /** The kernel objects a loaded datapath is made of, by their ids. */
  private record Objects(Set<Integer> programs, Set<Integer> maps) {
    static Objects of(EnforcedNode node) {
      var object = node.datapath().object();
      return new Objects(
          object.programs().stream().map(BpfProgram::id).collect(Collectors.toSet()),
          object.maps().stream().map(m -> object.mapInfo(m).id()).collect(Collectors.toSet()));
    }

    long links() {
      return Inventory.tcxLinks().stream()
          .map(LinkInfo::programId)
          .filter(programs::contains)
          .count();
    }

    boolean gone() {
      return Collections.disjoint(
              programs, Inventory.programs("").stream().map(ProgramInfo::id).toList())
          && Collections.disjoint(maps, Inventory.maps("").stream().map(MapInfo::id).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everythingIsGoneAfterClose(Attachment.Kind kind) throws IOException {
    Collection<String> descriptors = descriptors();
    Set<Path> away = threadsAway();
    Objects objects;
    List<NetworkNamespace> namespaces;
    try (EnforcedNode node = new EnforcedNode(kind)) {
      Pod web = node.pod("web", PodPolicy.open());
      NetworkNamespace outside = node.outside();
      objects = Objects.of(node);
      namespaces = List.of(node.namespace(), web.namespace(), outside);
      try (EchoServer server = EchoServer.start(web.namespace(), web.v4(), 80)) {
        assertEquals(Outcome.ANSWERED, new Client(outside, PATIENT).tcp(server.address()));
      }
      // Two at the pod's interface, one at the uplink.
      assertEquals(kind == Attachment.Kind.TCX ? 3 : 0, objects.links());
      assertEquals(kind == Attachment.Kind.CLSACT, filtered(node, web));
      assertFalse(objects.gone());
      node.detach();
      assertEquals(0, objects.links());
      assertFalse(filtered(node, web));
    }
    namespaces.forEach(namespace -> assertFalse(namespace.exists(), namespace.name()));
    Await.until("no program and no map is left", PATIENT, objects::gone);
    Await.until("every thread is at home", PATIENT, () -> away.containsAll(threadsAway()));
    assertEquals(descriptors, descriptors());
  }

  private static boolean filtered(EnforcedNode node, Pod pod) {
    return Stream.of("ingress", "egress")
        .anyMatch(hook ->
            node.namespace()
                .execute("tc", "filter", "show", "dev", pod.device(), hook)
                .contains("from_pod"));
  }

  /** The kernel objects and namespaces this process holds open. */
  private static Collection<String> descriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      Collection<String> found = new TreeSet<>();
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        String target = Files.readSymbolicLink(file).toString();
        if (target.contains("bpf") || target.startsWith("net:")) {
          found.add(file.getFileName() + " " + target);
        }
      }
      return found;
    }
  }

  /** The threads that are in another network namespace than this process. */
  private static Set<Path> threadsAway() {
    Set<Path> away = new TreeSet<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      Path home = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
      for (Path thread : threads.toList()) {
        if (!namespaceOf(thread, home).equals(home)) {
          away.add(thread);
        }
      }
      return away;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The network namespace a thread is in; one that ended meanwhile is at home. */
  private static Path namespaceOf(Path thread, Path home) {
    try {
      return Files.readSymbolicLink(thread.resolve("ns/net"));
    } catch (IOException e) {
      return home;
    }
  }
}
