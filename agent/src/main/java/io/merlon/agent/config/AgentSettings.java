package io.merlon.agent.config;

import io.merlon.agent.compile.Mode;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything the agent is told. */
public record AgentSettings(
    Node node, Enforcement enforcement, Kernel kernel, Telling telling, boolean dryRun) {

  /**
   * Whose agent this is.
   *
   * @param kubeconfig how to reach the API server, if not as the surroundings say; a folder is a
   *     service account's
   */
  public record Node(String name, SourceSetting source, Optional<Path> kubeconfig) {}

  /** What is enforced, beside the policies. */
  public record Enforcement(
      Mode mode, String trustDomain, GuardedPods metadataGuard, BeforePolicy beforePolicy) {}

  /** What becomes of packets that no policy is asked about. */
  public record BeforePolicy(
      UntilKnown untilKnown, boolean verifySource, UnknownEthertypes unknownEthertypes) {}

  /** How the kernel is used. */
  public record Kernel(
      Path pinRoot,
      AttachBy hook,
      List<String> interfacePrefixes,
      List<String> uplinkPrefixes,
      MapSizes sizes) {
    public Kernel {
      interfacePrefixes = List.copyOf(interfacePrefixes);
      uplinkPrefixes = List.copyOf(uplinkPrefixes);
    }
  }

  /** Who is told what. */
  public record Telling(
      Optional<InetSocketAddress> http,
      Door door,
      Optional<Path> socket,
      Flows flows,
      Duration verifyEvery,
      boolean kubernetesEvents,
      LogSettings log) {}

  /**
   * Who gets in at the address, and how.
   *
   * @param certificate what is shown, with its key; plain HTTP without
   * @param tokens whether a bearer token is asked for, and the API server about it
   */
  public record Door(Optional<Path> certificate, Optional<Path> key, boolean tokens) {}

  /**
   * What is told of flows.
   *
   * @param sample of so many allowed ones, one
   * @param ends how often those that have ended are looked for; zero is never
   * @param peers so many peers of denied packets are counted by name
   */
  public record Flows(
      FlowSetting log, Optional<URI> collector, int sample, Duration ends, int peers) {}

  /**
   * Reads the settings from wherever they are given: the command line before the environment before
   * the configuration file before the defaults.
   *
   * @param commandLine by option name
   * @throws ConfigurationException if anything is wrong
   */
  public static AgentSettings read(
      Map<String, String> commandLine, Map<String, String> environment) {
    Layers from = Layers.of(commandLine, environment);
    return new AgentSettings(
        new Node(
            from.get(Options.NODE_NAME), from.get(Options.SOURCE), from.get(Options.KUBECONFIG)),
        new Enforcement(
            from.get(Options.MODE),
            from.get(Options.TRUST_DOMAIN),
            from.get(Options.METADATA_GUARD),
            new BeforePolicy(
                from.get(Options.UNTIL_KNOWN),
                from.get(Options.VERIFY_SOURCE),
                from.get(Options.UNKNOWN_ETHERTYPES))),
        new Kernel(
            from.get(Options.PIN_ROOT),
            from.get(Options.HOOK),
            from.get(Options.INTERFACE_PREFIXES),
            from.get(Options.UPLINK_PREFIXES),
            sizes(from)),
        new Telling(
            from.get(Options.HTTP_ADDRESS),
            new Door(
                from.get(Options.TLS_CERTIFICATE),
                from.get(Options.TLS_KEY),
                from.get(Options.HTTP_TOKENS)),
            from.get(Options.SOCKET),
            new Flows(
                from.get(Options.FLOW_LOG),
                from.get(Options.FLOW_COLLECTOR),
                from.get(Options.FLOWS_SAMPLE),
                Duration.ofSeconds(from.get(Options.FLOW_ENDS)),
                from.get(Options.METRICS_PEERS)),
            Duration.ofSeconds(from.get(Options.VERIFY_EVERY)),
            from.get(Options.KUBERNETES_EVENTS),
            new LogSettings(from.get(Options.LOG_LEVEL), from.get(Options.LOG_FORMAT))),
        from.get(Options.DRY_RUN));
  }

  private static MapSizes sizes(Layers from) {
    return new MapSizes(
        from.get(Options.MAP_ENDPOINTS),
        from.get(Options.MAP_ADDRESSES),
        from.get(Options.MAP_CIDRS),
        from.get(Options.MAP_SERVICES),
        from.get(Options.MAP_FLOWS),
        from.get(Options.MAP_TABLE_WORDS),
        from.get(Options.MAP_COUNTERS));
  }
}
