package io.merlon.agent.serve;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.flows.Flow;
import io.merlon.agent.flows.FlowFilter;
import io.merlon.agent.flows.FlowJson;
import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.flows.Follower;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The latest flows, and those that come. */
final class FlowPages {
  private static final String NOW = "/now";
  private static final String EVENTS = "text/event-stream";

  /** What readers of events skip. */
  private static final String NOTHING = ":\n\n";

  private final FlowLog log;
  private final InstantSource clock;

  FlowPages(FlowLog log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  Response answer(Request request) {
    FlowFilter filter;
    try {
      filter = FlowFilter.of(request.query(), clock.instant());
    } catch (IllegalArgumentException e) {
      return Response.text(400, String.valueOf(e.getMessage()));
    }
    return request.query().containsKey("follow")
        ? new Response(200, EVENTS, "", listener -> log.follow(filter, follower(listener)))
        : Response.json(
            log.latest(filter).stream()
                .map(FlowJson::line)
                .collect(Collectors.joining(",\n", "[", "]")));
  }

  private static Follower follower(Response.Listener listener) {
    return (flows, missed) ->
        listener.take(flows.isEmpty() && missed == 0 ? NOTHING : missed(missed) + events(flows));
  }

  /** One flow, by its id; or, after that and a slash, what is said of such a flow now. */
  Response one(String path, Optional<CompiledPolicy> policy) {
    boolean now = path.endsWith(NOW);
    String id = now ? path.substring(0, path.length() - NOW.length()) : path;
    return log.find(id)
        .map(flow ->
            now
                ? policy
                    .map(current -> Response.text(200, FlowNow.text(flow, current)))
                    .orElseGet(() -> Response.text(503, "nothing is known yet"))
                : Response.json(FlowJson.line(flow)))
        .orElseGet(() -> Response.text(404, "no flow " + id + " among the latest"));
  }

  /** As an event of its own, which who only wants flows need not know. */
  private static String missed(long flows) {
    return flows == 0
        ? ""
        : "event: missed\ndata: {\"schema\":\"merlon.missed/v1\",\"missed\":" + flows + "}\n\n";
  }

  /** As server-sent events. */
  private static String events(List<Flow> flows) {
    return flows.stream()
        .map(flow -> "id: " + flow.id() + "\ndata: " + FlowJson.line(flow) + "\n\n")
        .collect(Collectors.joining());
  }
}
