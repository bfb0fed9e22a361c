package io.merlon.agent.flows;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Which flows somebody wants, as the query of a request says. */
public record FlowFilter(Map<String, String> wanted, Instant since, int limit) {
  /** What can be asked for. */
  public static final Set<String> NAMES =
      Set.of(
          "verdict",
          "record",
          "direction",
          "protocol",
          "port",
          "from",
          "to",
          "namespace",
          "policy",
          "since",
          "limit",
          "follow");

  private static final int MOST = 4096;

  public FlowFilter {
    wanted = Map.copyOf(wanted);
  }

  /**
   * Reads a query.
   *
   * @throws IllegalArgumentException if it asks for what there is not
   */
  public static FlowFilter of(Map<String, String> query, Instant now) {
    for (String name : query.keySet()) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("no such filter: " + name);
      }
    }
    String since = query.get("since");
    String limit = query.get("limit");
    try {
      return new FlowFilter(
          query,
          since == null ? Instant.EPOCH : before(now, Long.parseLong(since)),
          limit == null ? MOST : Math.clamp(Integer.parseInt(limit), 0, MOST));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("since and limit are whole numbers", e);
    }
  }

  private static Instant before(Instant now, long seconds) {
    if (seconds < 0 || seconds > now.getEpochSecond()) {
      throw new IllegalArgumentException("since is so many seconds ago, not before 1970");
    }
    return now.minusSeconds(seconds);
  }

  /** Whether it is wanted. */
  public boolean passes(Flow flow) {
    return !flow.time().isBefore(since)
        && verdict(flow)
        && equal("record", flow.ended() ? "end" : "start")
        && equal("direction", flow.direction())
        && equal("protocol", flow.protocol())
        && equal("port", Integer.toString(flow.destination().port()))
        && (equal("namespace", flow.source().namespace())
            || equal("namespace", flow.destination().namespace()))
        && (!wanted.containsKey("policy")
            || flow.verdict().policy().contains(wanted.getOrDefault("policy", "")))
        && end("from", flow.source())
        && end("to", flow.destination());
  }

  /** Who asks for what is denied wants what would be as well. */
  private boolean verdict(Flow flow) {
    return "denied".equals(wanted.get("verdict"))
        ? flow.isDenied()
        : equal("verdict", flow.verdict().outcome().label());
  }

  private boolean equal(String name, String is) {
    String asked = wanted.get(name);
    return asked == null || asked.equalsIgnoreCase(is);
  }

  private boolean end(String name, FlowEnd end) {
    String asked = wanted.get(name);
    return asked == null || end.is(asked);
  }
}
