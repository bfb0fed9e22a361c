package io.merlon.agent.config;

import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.Mode;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every option there is. */
public final class Options {
  public static final Option<Optional<Path>> CONFIG =
      new Option<>("config", "PATH", "", "A YAML file of options by name.", Readers::pathIfAny);
  public static final Option<String> NODE_NAME =
      new Option<>(
          "node-name",
          "NAME",
          "",
          "The node whose pods are enforced, by its name in the cluster.",
          Readers::name);
  public static final Option<SourceSetting> SOURCE =
      new Option<>(
          "source",
          "kubernetes|folder:PATH",
          "kubernetes",
          "Where pods and policies come from: the API server, or a folder of manifests, which is"
              + " watched.",
          Readers::source);
  public static final Option<Optional<Path>> KUBECONFIG =
      new Option<>(
          "kubeconfig",
          "PATH",
          "",
          "How to reach the API server: a kubeconfig, or the folder of a service account's token and"
              + " ca.crt. Without it: KUBECONFIG, ~/.kube/config, or the pod's own service account.",
          Readers::pathIfAny);
  public static final Option<Mode> MODE =
      choice(
          "mode",
          Mode.class,
          Mode.ENFORCE,
          "What a denial does where no annotation merlon.io/mode of pod or namespace says it:"
              + " observe lets everything through, audit too but reports what it would deny.");
  public static final Option<String> TRUST_DOMAIN =
      new Option<>(
          "trust-domain",
          "DOMAIN",
          CompileOptions.DEFAULT_TRUST_DOMAIN,
          "The trust domain of pods' SPIFFE IDs.",
          Readers::trustDomain);
  public static final Option<UntilKnown> UNTIL_KNOWN =
      choice(
          "until-known",
          UntilKnown.class,
          UntilKnown.ALLOW,
          "What happens to packets of a pod nothing is known about yet. What was enforced before"
              + " stays enforced whatever this says.");
  public static final Option<GuardedPods> METADATA_GUARD =
      choice(
          "metadata-guard",
          GuardedPods.class,
          GuardedPods.OFF,
          "Whose way to the instance metadata service (169.254.169.254, fd00:ec2::254) is closed,"
              + " ahead of all policies; as every denial, in mode enforce alone. The annotation"
              + " merlon.io/metadata-guard: exempt exempts a pod.");
  public static final Option<Boolean> VERIFY_SOURCE =
      truth(
          "verify-source",
          true,
          "Whether packets that leave a pod with a source address that is not the pod's are"
              + " denied.");
  public static final Option<UnknownEthertypes> UNKNOWN_ETHERTYPES =
      choice(
          "unknown-ethertypes",
          UnknownEthertypes.class,
          UnknownEthertypes.DENY,
          "What happens to a pod's frames that are neither IPv4, IPv6 nor ARP: no policy can speak"
              + " of them.");
  public static final Option<AttachBy> HOOK =
      choice(
          "hook",
          AttachBy.class,
          AttachBy.BEST,
          "How programs are put at interfaces. tcx, Linux 6.6 and newer, leaves the place of an"
              + " ingress qdisc to others, such as a bandwidth plugin of the CNI's; best puts a"
              + " clsact filter at a new interface first, as it is there sooner.");
  public static final Option<Path> PIN_ROOT =
      new Option<>(
          "pin-root",
          "PATH",
          "/sys/fs/bpf/merlon",
          "The folder of a BPF file system where the kernel's maps and links are kept.",
          Readers::path);
  public static final Option<List<String>> INTERFACE_PREFIXES =
      new Option<>(
          "interface-prefixes",
          "PREFIX[,PREFIX...]",
          "eni,vlan",
          "How the names of pods' interfaces on the node begin.",
          Readers::prefixes);
  public static final Option<List<String>> UPLINK_PREFIXES =
      new Option<>(
          "uplink-prefixes",
          "PREFIX[,PREFIX...]",
          "eth,en,vlan.eth",
          "How the names of the node's own interfaces begin, where connections to services with"
              + " unlike backends are judged. Interfaces that may be a pod's come first.",
          Readers::uplinkPrefixes);
  public static final Option<Integer> MAP_ENDPOINTS =
      size("map-endpoints", 1024, 1 << 16, "Room for pods' interfaces.");
  public static final Option<Integer> MAP_ADDRESSES =
      size("map-addresses", 65536, 1 << 24, "Room for addresses, of each family.");
  public static final Option<Integer> MAP_CIDRS =
      size("map-cidrs", 16384, 1 << 24, "Room for address ranges, of each family.");
  public static final Option<Integer> MAP_SERVICES =
      size("map-services", 16384, 1 << 24, "Room for ports of services, of each family.");
  public static final Option<Integer> MAP_FLOWS =
      size(
          "map-flows",
          131072,
          1 << 24,
          "Room for open IPv4 connections of the node's pods; there is half as much for IPv6.");
  public static final Option<Integer> MAP_TABLE_WORDS =
      size(
          "map-table-words", 1 << 20, 1 << 27, "Room for verdict tables, in words of eight bytes.");
  public static final Option<Integer> MAP_COUNTERS =
      size("map-counters", 32768, 1 << 22, "Room for counters of each processor.");
  public static final Option<Boolean> DRY_RUN =
      truth("dry-run", false, "Print what would be done, and touch nothing.");
  public static final Option<Optional<InetSocketAddress>> HTTP_ADDRESS =
      new Option<>(
          "http-address",
          "ADDRESS:PORT|none",
          "127.0.0.1:9469",
          "Where the agent serves its health, status and metrics.",
          Readers::address);
  public static final Option<Optional<Path>> TLS_CERTIFICATE =
      new Option<>(
          "tls-certificate",
          "PATH",
          "",
          "The certificate, with its chain, in PEM, by which HTTPS is served at http-address; it is"
              + " read again when it changes.",
          Readers::pathIfAny);
  public static final Option<Optional<Path>> TLS_KEY =
      new Option<>(
          "tls-key", "PATH", "", "The certificate's key, in PEM (PKCS#8).", Readers::pathIfAny);
  public static final Option<Boolean> HTTP_TOKENS =
      truth(
          "http-tokens",
          false,
          "Whether whoever asks at http-address for anything but health must show a bearer token"
              + " whose owner the cluster lets get that path (nonResourceURLs).");
  public static final Option<Optional<Path>> SOCKET =
      new Option<>(
          "socket",
          "PATH|none",
          "none",
          "A local socket where the agent serves the same, to those who may open it: the node's"
              + " root.",
          Readers::socket);
  public static final Option<FlowSetting> FLOW_LOG =
      new Option<>(
          "flow-log",
          "none|stdout|file:PATH",
          "none",
          "Where flows are written, as lines of JSON; a file is rotated at 64 MiB, two old ones are"
              + " kept.",
          Readers::flowLog);
  public static final Option<Optional<URI>> FLOW_COLLECTOR =
      new Option<>(
          "flow-collector",
          "URL",
          "",
          "Where flows are posted as OpenTelemetry logs, OTLP over HTTP in JSON; usually"
              + " http://HOST:4318/v1/logs.",
          Readers::collector);
  public static final Option<Integer> FLOWS_SAMPLE =
      new Option<>(
          "flows-sample",
          "NUMBER",
          "1",
          "Of so many allowed flows one is told of; denied ones always are.",
          Readers.between(1, 1 << 20));
  public static final Option<Integer> FLOW_ENDS =
      new Option<>(
          "flow-ends",
          "SECONDS",
          "10",
          "How often flows that have ended are looked for, to tell how much they carried and how"
              + " long; 0 is never.",
          Readers.between(0, 3600));
  public static final Option<Integer> METRICS_PEERS =
      new Option<>(
          "metrics-peers",
          "NUMBER",
          "1000",
          "So many peers of denied packets have a metric of their own, all others share one.",
          Readers.between(0, 1 << 16));
  public static final Option<Integer> VERIFY_EVERY =
      new Option<>(
          "verify-every",
          "SECONDS",
          "60",
          "How often the kernel's maps are read back and compared entry by entry; 0 is never.",
          Readers.between(0, 86_400));
  public static final Option<Boolean> KUBERNETES_EVENTS =
      truth(
          "kubernetes-events",
          true,
          "Whether problems of policies are told by Events of the cluster.");
  public static final Option<LogSettings.Level> LOG_LEVEL =
      choice("log-level", LogSettings.Level.class, LogSettings.Level.INFO, "How much is logged.");
  public static final Option<LogSettings.Format> LOG_FORMAT =
      choice(
          "log-format",
          LogSettings.Format.class,
          LogSettings.Format.TEXT,
          "Whether a message is a line of text or of JSON.");

  /** In the order in which they are documented. */
  public static final List<Option<?>> ALL =
      List.of(
          CONFIG,
          NODE_NAME,
          SOURCE,
          KUBECONFIG,
          MODE,
          UNTIL_KNOWN,
          METADATA_GUARD,
          VERIFY_SOURCE,
          UNKNOWN_ETHERTYPES,
          TRUST_DOMAIN,
          INTERFACE_PREFIXES,
          UPLINK_PREFIXES,
          HOOK,
          PIN_ROOT,
          DRY_RUN,
          HTTP_ADDRESS,
          TLS_CERTIFICATE,
          TLS_KEY,
          HTTP_TOKENS,
          SOCKET,
          FLOW_LOG,
          FLOW_COLLECTOR,
          FLOWS_SAMPLE,
          FLOW_ENDS,
          METRICS_PEERS,
          VERIFY_EVERY,
          KUBERNETES_EVENTS,
          LOG_LEVEL,
          LOG_FORMAT,
          MAP_ENDPOINTS,
          MAP_ADDRESSES,
          MAP_CIDRS,
          MAP_SERVICES,
          MAP_FLOWS,
          MAP_TABLE_WORDS,
          MAP_COUNTERS);

  /** What the agent has kept in the kernel is found by these, and whether it runs. */
  public static final List<Option<?>> DETACH = List.of(CONFIG, PIN_ROOT, HTTP_ADDRESS, SOCKET);

  /** What the agent should enforce is known by these. */
  public static final List<Option<?>> VERIFY =
      List.of(CONFIG, NODE_NAME, SOURCE, KUBECONFIG, MODE, METADATA_GUARD, PIN_ROOT);

  /** What is enforced is found by these. */
  public static final List<Option<?>> BREAK_GLASS = List.of(CONFIG, PIN_ROOT);

  /** A running agent is found by these. */
  public static final List<Option<?>> STATUS = List.of(CONFIG, HTTP_ADDRESS, SOCKET);

  /** The options a configuration file may give. */
  static final Set<String> FILE =
      ALL.stream()
          .map(Option::name)
          .filter(name -> !name.equals("config"))
          .collect(Collectors.toUnmodifiableSet());

  private Options() {}

  private static <E extends Enum<E>> Option<E> choice(
      String name, Class<E> type, E byDefault, String description) {
    Function<String, E> reader = text -> Readers.choice(type, text);
    return new Option<>(
        name, Readers.choices(type), Readers.spelled(byDefault), description, reader);
  }

  private static Option<Boolean> truth(String name, boolean byDefault, String description) {
    return new Option<>(
        name, Readers.SWITCH, Boolean.toString(byDefault), description, Readers::truth);
  }

  private static Option<Integer> size(String name, int byDefault, int most, String description) {
    return new Option<>(
        name, "NUMBER", Integer.toString(byDefault), description, Readers.between(16, most));
  }
}
