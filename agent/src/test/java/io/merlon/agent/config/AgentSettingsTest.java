package io.merlon.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.compile.Mode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentSettingsTest {
  private static final Map<String, String> NODE = Map.of("node-name", "n1");
  private static final Map<String, String> NOTHING = Map.of();

  @TempDir private Path folder = Path.of("");

  @Test
  void everythingButTheNodesNameHasADefault() {
    AgentSettings settings = AgentSettings.read(NODE, NOTHING);
    assertEquals("n1", settings.node().name());
    assertEquals(new SourceSetting.Kubernetes(), settings.node().source());
    assertEquals(Mode.ENFORCE, settings.enforcement().mode());
    assertEquals(
        new AgentSettings.BeforePolicy(UntilKnown.ALLOW, true, UnknownEthertypes.DENY),
        settings.enforcement().beforePolicy());
    assertEquals(GuardedPods.OFF, settings.enforcement().metadataGuard());
    assertEquals(List.of("eni", "vlan"), settings.kernel().interfacePrefixes());
    assertEquals(Path.of("/sys/fs/bpf/merlon"), settings.kernel().pinRoot());
    assertEquals(AttachBy.BEST, settings.kernel().hook());
    assertEquals(
        Optional.of(InetSocketAddress.createUnresolved("127.0.0.1", 9469)),
        settings.telling().http());
    assertFalse(settings.dryRun());
  }

  @Test
  void commandLineBeforeEnvironmentBeforeFileBeforeDefault() throws IOException {
    Path file = file("mode: observe\ntrust-domain: file.example\nuntil-known: deny\n");
    AgentSettings settings =
        AgentSettings.read(
            Map.of("node-name", "n1", "mode", "audit", "config", file.toString()),
            Map.of(
                "MERLON_MODE",
                "enforce",
                "MERLON_TRUST_DOMAIN",
                "env.example",
                "MERLON_UNKNOWN_ETHERTYPES",
                "allow"));
    assertEquals(Mode.AUDIT, settings.enforcement().mode());
    assertEquals("env.example", settings.enforcement().trustDomain());
    assertEquals(
        new AgentSettings.BeforePolicy(UntilKnown.DENY, true, UnknownEthertypes.ALLOW),
        settings.enforcement().beforePolicy());
  }

  @Test
  void theEnvironmentMayNameTheFile() throws IOException {
    Path file =
        file("node-name: n2\nsource: folder:/tmp/x\nmap-flows: 4096\nhook: tcx\ndry-run: true\n");
    AgentSettings settings = AgentSettings.read(NOTHING, Map.of("MERLON_CONFIG", file.toString()));
    assertEquals("n2", settings.node().name());
    assertEquals(new SourceSetting.Folder(Path.of("/tmp/x")), settings.node().source());
    assertEquals(4096, settings.kernel().sizes().flows());
    assertEquals(AttachBy.TCX, settings.kernel().hook());
    assertTrue(settings.dryRun());
  }

  @Test
  void aListIsWrittenAsOneOrWithCommas() throws IOException {
    Path file = file("node-name: n\ninterface-prefixes: [cali, eni]\n");
    AgentSettings written = AgentSettings.read(Map.of("config", file.toString()), NOTHING);
    assertEquals(List.of("cali", "eni"), written.kernel().interfacePrefixes());
    AgentSettings told =
        AgentSettings.read(Map.of("node-name", "n", "interface-prefixes", "a, b"), NOTHING);
    assertEquals(List.of("a", "b"), told.kernel().interfacePrefixes());
  }

  @Test
  void readsAddressesOfBothFamilies() {
    assertEquals(Optional.of(InetSocketAddress.createUnresolved("::1", 80)), http("[::1]:80"));
    assertEquals(Optional.empty(), http("none"));
  }

  private static Optional<InetSocketAddress> http(String text) {
    return AgentSettings.read(Map.of("node-name", "n", "http-address", text), NOTHING)
        .telling()
        .http();
  }

  @Test
  void saysWhatIsWrongAndWhere() throws IOException {
    assertWrong(
        NOTHING,
        NOTHING,
        "node-name: must not be empty (not given: --node-name or MERLON_NODE_NAME does)");
    assertWrong(
        Map.of("mode", "strict"),
        NOTHING,
        "mode: \"strict\" is none of observe, audit, enforce (--mode)");
    assertWrong(
        NOTHING,
        Map.of("MERLON_MAP_FLOWS", "4"),
        "map-flows: \"4\" is no whole number from 16 to 16777216 (MERLON_MAP_FLOWS)");
    assertWrong(
        Map.of("source", "folder:"),
        NOTHING,
        "source: \"folder:\" is neither kubernetes nor folder:PATH (--source)");
    assertWrong(
        Map.of("interface-prefixes", "eni,verylong"),
        NOTHING,
        "interface-prefixes: \"verylong\" is no prefix of interface names: one to four characters"
            + " (--interface-prefixes)");
    assertWrong(
        Map.of("http-address", "localhost"),
        NOTHING,
        "http-address: \"localhost\" is neither ADDRESS:PORT nor none (--http-address)");
    Path unknown = file("mod: audit\n");
    assertWrong(
        Map.of("config", unknown.toString()),
        NOTHING,
        "config: " + unknown + ": unknown option \"mod\"");
    Path missing = folder.resolve("missing.yaml");
    assertWrong(
        Map.of("config", missing.toString()),
        NOTHING,
        "config: cannot read " + missing + ": java.nio.file.NoSuchFileException: " + missing);
  }

  @Test
  void saysInWhichLineTheFileIsBroken() throws IOException {
    Path broken = file("mode: audit\nsource: {\n");
    Map<String, String> given = Map.of("config", broken.toString());
    ConfigurationException e =
        assertThrows(ConfigurationException.class, () -> AgentSettings.read(given, NOTHING));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("config: " + broken + ":"), e.getMessage());
    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
  }

  @Test
  void everyDefaultIsReadable() {
    for (Option<?> option : Options.ALL) {
      if (!option.name().equals("node-name")) {
        option.read(new Option.Given(option.byDefault(), "default"));
      }
    }
  }

  @Test
  void everyOptionHasItsOwnName() {
    var names = new HashSet<String>();
    Options.ALL.forEach(option -> assertTrue(names.add(option.name()), option.name()));
  }

  @Test
  void theDocumentationListsEveryOption() throws IOException {
    String page = Files.readString(Path.of("../docs/configuration.md"));
    String table = OptionTable.of(Options.ALL);
    assertTrue(page.contains(table), "docs/configuration.md must contain:\n" + table);
  }

  private void assertWrong(
      Map<String, String> commandLine, Map<String, String> environment, String message) {
    Map<String, String> given = new HashMap<>(commandLine);
    if (!commandLine.isEmpty() || !environment.isEmpty()) {
      given.put("node-name", "n1");
    }
    ConfigurationException e =
        assertThrows(ConfigurationException.class, () -> AgentSettings.read(given, environment));
    assertEquals(message, e.getMessage());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("merlon.yaml"), text);
  }
}
