package io.merlon.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The numbers that C and Java both know by name: none differs, and none is missing on a side. */
class AbiNumbersTest {
  @Test
  void enumsAreTheHeaders() throws IOException {
    assertEquals(inHeader("MODE_"), named("MODE_", Mode.values(), Mode::code));
    assertEquals(inHeader("STAT_"), named("STAT_", Stat.values(), Stat::code));
    assertEquals(inHeader("EVENT_"), named("EVENT_", Event.Kind.values(), Event.Kind::code));
    Map<String, Long> reasons = named("REASON_", DropReason.values(), DropReason::code);
    reasons.put("REASON_NONE", 0L);
    assertEquals(inHeader("REASON_"), reasons);
  }

  @Test
  void flowStatesAndFlagsAreTheHeaders() throws IOException {
    Map<String, Long> flow = named("FLOW_", FlowState.values(), FlowState::code);
    flow.put("FLOW_STATES", (long) FlowState.values().length);
    flow.put("FLOW_OPENER_EGRESS", (long) Flow.OPENER_EGRESS);
    flow.put("FLOW_FIN_INGRESS", (long) Flow.FIN_INGRESS);
    flow.put("FLOW_FIN_EGRESS", (long) Flow.FIN_EGRESS);
    flow.put("FLOW_WOULD_DENY", (long) Flow.WOULD_DENY);
    flow.put("FLOW_DEFERRED", (long) Flow.DEFERRED);
    flow.put("FLOW_REVOKED", (long) Flow.REVOKED);
    flow.put("FLOW_LENT", (long) Flow.LENT);
    flow.put("FLOW_FAR", (long) Flow.FAR);
    assertEquals(inHeader("FLOW_"), flow);
  }

  @Test
  void configurationFlagsAreTheHeaders() throws IOException {
    assertEquals(
        inHeader("CONFIG_"),
        new TreeMap<>(
            Map.of(
                "CONFIG_VERIFY_SOURCE", (long) Config.VERIFY_SOURCE,
                "CONFIG_UNKNOWN_ALLOW", (long) Config.UNKNOWN_ALLOW,
                "CONFIG_ETHERTYPE_ALLOW", (long) Config.ETHERTYPE_ALLOW,
                "CONFIG_EVENTS_ALLOWED", (long) Config.EVENTS_ALLOWED,
                "CONFIG_EVENTS_DENIED", (long) Config.EVENTS_DENIED)));
  }

  @Test
  void slotsAndLimitsAreTheHeaders() throws IOException {
    Map<String, Long> numbers = AbiHeader.read().numbers();
    assertEquals(
        new TreeMap<>(
            Map.of(
                "PASSAGE_NODE", (long) Slots.NODE,
                "PASSAGE_SELF", (long) Slots.SELF,
                "PASSAGE_DEFERRED", (long) Slots.DEFERRED)),
        inHeader("PASSAGE_"));
    assertEquals(Slots.MODES, numbers.get("MODES"));
    assertEquals(Slots.CODES, numbers.get("SLOT_CODES"));
    assertEquals(Slots.DECISIONS, Slots.MODES * 2 * Slots.CODES);
    assertEquals(Config.LAYOUT, numbers.get("LAYOUT_VERSION"));
    assertEquals(Peer.CLASS_MASK, numbers.get("CLASS_MASK"));
    assertEquals(Subject.LIMIT - 1, numbers.get("DEFERRED_SUBJECT"));
  }

  private static Map<String, Long> inHeader(String prefix) throws IOException {
    return AbiHeader.read().numbers().entrySet().stream()
        .filter(number -> number.getKey().startsWith(prefix))
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
  }

  private static <E extends Enum<E>> Map<String, Long> named(
      String prefix, E[] values, Function<E, Integer> code) {
    return Arrays.stream(values)
        .collect(
            Collectors.toMap(
                value -> prefix + value.name(),
                value -> (long) code.apply(value),
                (a, b) -> a,
                TreeMap::new));
  }
}
