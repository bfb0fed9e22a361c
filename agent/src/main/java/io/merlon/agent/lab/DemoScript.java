package io.merlon.agent.lab;

import io.merlon.agent.compile.DecidedBy;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.compile.PolicyLookup.Side;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.PolicyRef;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.program.SlotMeaning;
import io.merlon.bpf.RingBuffer;
import io.merlon.datapath.Event;
import io.merlon.datapath.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Tries every pair of pods before and under enforcement, and holds the packets to the compiler. */
final class DemoScript {
  private static final int TIMEOUT_MILLIS = 300;

  private final Lab lab;
  private int wrong;

  DemoScript(Lab lab) {
    this.lab = lab;
  }

  /** Whether packets and compiler agreed everywhere. */
  boolean play() {
    System.out.println(
        "\n" + lab.pods().size() + " pods in network namespaces, no policy in force:");
    tryAll(false);
    lab.enforce();
    System.out.println("\nThe same, with the folder's policies in the kernel:");
    tryAll(true);
    System.out.println("\nWhat the kernel says of it:");
    tell();
    System.out.println(
        wrong == 0
            ? "\nEvery packet went as the policies say."
            : "\n" + wrong + " connections did not go as the policies say.");
    return wrong == 0;
  }

  private void tryAll(boolean enforced) {
    for (PodRef from : lab.pods().keySet()) {
      for (PodRef to : lab.pods().keySet()) {
        if (from.equals(to)) {
          continue;
        }
        for (int port : lab.ports(to)) {
          addresses(to).forEach(address -> tryOne(from, to, address, port, enforced));
        }
      }
    }
  }

  private void tryOne(PodRef from, PodRef to, Address address, int port, boolean enforced) {
    LabPod pod = Objects.requireNonNull(lab.pods().get(from));
    Reached reached = pod.connect(address, port, TIMEOUT_MILLIS);
    boolean expected = !enforced || allowed(from, to, address, port);
    boolean asExpected = (reached == Reached.CONNECTED) == expected;
    wrong += asExpected ? 0 : 1;
    System.out.printf(
        "  %-28s -> %-28s %-5s %5d/tcp  %-9s%s%n",
        from,
        to,
        address.isV6() ? "IPv6" : "IPv4",
        port,
        reached,
        asExpected ? "" : "  UNEXPECTED");
  }

  private boolean allowed(PodRef from, PodRef to, Address address, int port) {
    Address source =
        addresses(from).stream().filter(a -> a.isV6() == address.isV6()).findFirst().orElseThrow();
    return PolicyLookup.verdict(
            lab.policy(), Side.of(from, source), Side.of(to, address), Protocol.TCP, port)
        .allowed();
  }

  private List<Address> addresses(PodRef pod) {
    return Objects.requireNonNull(lab.policy().pods().get(pod)).addresses();
  }

  private void tell() {
    List<Event> events = new ArrayList<>();
    try (RingBuffer ring = lab.datapath().events()) {
      int taken;
      do {
        taken = ring.poll(data -> events.add(Event.CODEC.decode(data)), 1024);
      } while (taken > 0);
    }
    events.forEach(event -> System.out.println("  " + line(event)));
  }

  private String line(Event event) {
    String pod = name(event.pod());
    String peer = name(event.peer());
    return String.format(
        "%-7s %-21s %s %-21s %-4s %5d/tcp  %s",
        event.kind().name().toLowerCase(Locale.ROOT),
        pod,
        event.egress() ? "->" : "<-",
        peer,
        event.pod().v6() ? "IPv6" : "IPv4",
        event.egress() ? event.peerPort() : event.podPort(),
        words(lab.loader().meaning(event.slot())));
  }

  private String name(IpAddress address) {
    Address sought = Address.of(address.toString());
    for (PodRef pod : lab.pods().keySet()) {
      if (addresses(pod).contains(sought)) {
        return pod.toString();
      }
    }
    return address.toString();
  }

  private static String words(SlotMeaning meaning) {
    return switch (meaning) {
      case SlotMeaning.Decided(var decision, _) -> words(decision.by());
      case SlotMeaning.Refused(var reason, _, _) -> reason.text();
      case SlotMeaning.Passed(int passage, _) -> "passage " + passage;
      case SlotMeaning.Unknown() -> "unknown";
    };
  }

  private static String words(DecidedBy by) {
    return switch (by) {
      case DecidedBy.Rule(_, var rule) -> rule.toString();
      case DecidedBy.DefaultDeny(_, var isolating) ->
          isolating.stream()
              .map(PolicyRef::toString)
              .collect(Collectors.joining(", ", "no rule of ", ""));
      case DecidedBy.DefaultAllow _ -> "no policy isolates it";
      case DecidedBy.OwnNode _ -> "its own node";
      case DecidedBy.Itself _ -> "itself";
      case DecidedBy.NotASubject _ -> "no pod policies apply to";
      case DecidedBy.Forgotten _ -> "a pod the cluster no longer has";
      case DecidedBy.Unknown(long cookie) -> "rule " + Long.toHexString(cookie);
    };
  }
}
