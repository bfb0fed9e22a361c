package io.merlon.agent;

import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.config.AttachBy;
import io.merlon.agent.config.MapSizes;
import io.merlon.agent.config.UnknownEthertypes;
import io.merlon.agent.config.UntilKnown;
import io.merlon.agent.program.DatapathSettings;
import io.merlon.agent.program.DatapathSettings.HookKind;
import java.util.Map;

/** What the agent's settings mean for the datapath. */
final class KernelSettings {
  private KernelSettings() {}

  static DatapathSettings of(AgentSettings settings) {
    AgentSettings.BeforePolicy before = settings.enforcement().beforePolicy();
    DatapathSettings defaults = DatapathSettings.at(settings.kernel().pinRoot());
    return new DatapathSettings(
        defaults.root(),
        hook(settings.kernel().hook()),
        defaults.clsactPriority(),
        entries(settings.kernel().sizes()),
        before.verifySource(),
        before.untilKnown() == UntilKnown.ALLOW,
        before.unknownEthertypes() == UnknownEthertypes.ALLOW);
  }

  private static HookKind hook(AttachBy by) {
    return switch (by) {
      case BEST -> HookKind.BEST;
      case TCX -> HookKind.TCX;
      case CLSACT -> HookKind.CLSACT;
    };
  }

  private static Map<String, Integer> entries(MapSizes sizes) {
    return Map.ofEntries(
        Map.entry("endpoints", sizes.endpoints()),
        Map.entry("addresses4", sizes.addresses()),
        Map.entry("addresses6", sizes.addresses()),
        Map.entry("cidrs4", sizes.cidrs()),
        Map.entry("cidrs6", sizes.cidrs()),
        Map.entry("services4", sizes.services()),
        Map.entry("services6", sizes.services()),
        Map.entry("flows4", sizes.flows()),
        Map.entry("flows6", sizes.flows() / 2),
        Map.entry("tables", sizes.tableWords()),
        Map.entry("counters", sizes.counters()));
  }
}
