package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.Waiting;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.Namespace;
import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.glass.Break;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.glass.Scope;
import io.merlon.agent.loop.PaperLoop;
import io.merlon.agent.observe.NameBook;
import io.merlon.agent.program.SlotMeaning;
import io.merlon.agent.serve.FlowClient;
import io.merlon.datapath.Event;
import io.merlon.datapath.Mode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which flows are told, and what of them. */
class ToldFlowsTest {
  private static final int FLOWS = 30;

  private final List<Flow> told = new CopyOnWriteArrayList<>();
  private final IncrementalCompiler compiler =
      new IncrementalCompiler(CompileOptions.forNode("n1"));
  private volatile long nanos;
  private final NameBook book = new NameBook(compiler, () -> nanos);
  private volatile Breaks breaks = Breaks.NONE;

  private final class Keeping implements FlowSink {
    @Override
    public void accept(List<Flow> flows) {
      told.addAll(flows);
    }

    @Override
    public long lost() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private FlowPipeline pipeline(int sample) {
    return new FlowPipeline(
        new FlowPipeline.Sources(
            question -> CompletableFuture.completedFuture(question.apply(book)),
            () -> new FlowPipeline.Known(compiler.current(), breaks),
            _ -> new SlotMeaning.Unknown()),
        List.of(new Keeping()),
        sample,
        100,
        InstantSource.system());
  }

  private void awaitTold(FlowPipeline pipeline, int number) {
    Waiting.until(
        number + " flows are told",
        () -> {
          pipeline.looked();
          return told.size() >= number;
        });
    assertEquals(number, told.size());
  }

  @Test
  void allowedFlowsAreSampledAndDenialsNever() {
    try (FlowPipeline pipeline = pipeline(3)) {
      for (int i = 0; i < FLOWS; i++) {
        pipeline.accept(SampleEvent.of(i, Event.Kind.ALLOWED, Mode.ENFORCE));
        pipeline.accept(SampleEvent.of(1000 + i, Event.Kind.DENIED, Mode.ENFORCE));
        pipeline.accept(SampleEvent.of(2000 + i, Event.Kind.DENIED, Mode.AUDIT));
      }
      awaitTold(pipeline, FLOWS / 3 + 2 * FLOWS);
      assertEquals(FLOWS - FLOWS / 3, pipeline.tally(3L * FLOWS, 0, 0).sampledOut());
      assertEquals(2 * FLOWS, told.stream().filter(Flow::isDenied).count());
    }
  }

  @Test
  void endsAreSampledAndCountedAlike() {
    try (FlowPipeline pipeline = pipeline(3)) {
      List<FlowWindow.Group> ends = new ArrayList<>();
      for (int i = 0; i < FLOWS; i++) {
        ends.add(end(i, Event.Kind.ALLOWED, Mode.ENFORCE));
        ends.add(end(1000 + i, Event.Kind.DENIED, Mode.AUDIT));
      }
      pipeline.handEnded(ends);
      awaitTold(pipeline, FLOWS / 3 + FLOWS);
      assertEquals(FLOWS - FLOWS / 3, pipeline.tally(0, 0, 0).sampledOut());
      assertTrue(told.stream().allMatch(Flow::ended));
    }
  }

  private static FlowWindow.Group end(int peer, Event.Kind kind, Mode mode) {
    return end(peer, kind, mode, 0);
  }

  private static FlowWindow.Group end(int peer, Event.Kind kind, Mode mode, long began) {
    FlowWindow.Group group =
        new FlowWindow.Group(Event.CODEC.decode(SampleEvent.of(peer, kind, mode)), began);
    group.ending = Ending.UNSEEN;
    return group;
  }

  /** The peer's address was another pod's when the flow began. */
  @Test
  void anEndIsNamedByWhoHadTheAddressWhenItBegan() {
    long minute = TimeUnit.MINUTES.toNanos(1);
    change(new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), Map.of())));
    change(PaperLoop.pod("web", "web", "10.1.0.1", null));
    nanos = 2 * minute;
    change(gone("web"));
    change(PaperLoop.pod("thief", "web", "10.1.0.1", null));
    nanos = 3 * minute;
    try (FlowPipeline pipeline = pipeline(1)) {
      pipeline.handEnded(List.of(end(minute), end(2 * minute + minute / 2)));
      awaitTold(pipeline, 2);
      assertEquals("web", told.getFirst().destination().name());
      assertEquals("thief", told.getLast().destination().name());
      nanos = 20 * minute;
      pipeline.handEnded(List.of(end(minute), end(3 * minute)));
      awaitTold(pipeline, 4);
      assertEquals("unknown", told.get(2).destination().kind());
      assertEquals("", told.get(2).destination().name());
      assertEquals("thief", told.getLast().destination().name());
    }
  }

  private void change(ClusterEvent event) {
    book.leaving(event);
    compiler.apply(List.of(event));
  }

  private static ClusterEvent gone(String pod) {
    return new ClusterEvent.Gone(new ClusterEvent.Key(ClusterEvent.Kind.POD, "shop", pod));
  }

  private static FlowWindow.Group end(long began) {
    return end(1, Event.Kind.ALLOWED, Mode.ENFORCE, began);
  }

  @Test
  void flowsAreMarkedWhileTheGlassIsBroken() {
    compiler.apply(
        List.of(
            new ClusterEvent.PutNamespace(new Namespace("shop", Map.of(), Map.of())),
            PaperLoop.pod("web", "web", "10.0.0.1", null)));
    try (FlowPipeline pipeline = pipeline(1)) {
      pipeline.accept(SampleEvent.of(1, Event.Kind.DENIED, Mode.ENFORCE));
      awaitTold(pipeline, 1);
      breaks =
          new Breaks(
              List.of(new Break(new Scope.Namespace("shop"), Instant.MAX, "night", "a fire")));
      pipeline.accept(SampleEvent.of(2, Event.Kind.DENIED, Mode.AUDIT));
      awaitTold(pipeline, 2);
    }
    String before = FlowJson.line(told.getFirst());
    assertTrue(before.contains("\"glass\":\"\""), before);
    assertFalse(FlowClient.text(before).contains("GLASS"), before);
    String broken = FlowJson.line(told.getLast());
    assertTrue(broken.contains("\"verdict\":\"would-deny\",\"mode\":\"audit\""), broken);
    assertTrue(broken.contains("\"glass\":\"namespace shop\""), broken);
    assertTrue(
        FlowClient.text(broken).contains(" GLASS BROKEN (namespace shop) ["),
        FlowClient.text(broken));
    assertTrue(FlowClient.why(broken).contains("the glass is broken for the namespace shop"));
  }
}
