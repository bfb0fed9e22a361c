package io.merlon.agent;

import io.merlon.agent.config.AgentSettings;
import io.merlon.agent.config.FlowSetting;
import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.flows.FlowPipeline;
import io.merlon.agent.flows.FlowSink;
import io.merlon.agent.flows.FlowSweep;
import io.merlon.agent.flows.FlowUse;
import io.merlon.agent.flows.LineSink;
import io.merlon.agent.flows.OtlpSink;
import io.merlon.agent.flows.OwedDenials;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.AgentView;
import io.merlon.agent.loop.CommandQueue;
import io.merlon.agent.loop.Inquiry;
import io.merlon.agent.metrics.Verified;
import io.merlon.agent.observe.EventReader;
import io.merlon.agent.observe.EventTally;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.verify.VerifySettings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is looked at in the kernel beside enforcement: events, flows that end, the maps. */
final class Watching implements AutoCloseable {
  private static final long LARGEST_FILE = 64L << 20;

  private final AgentLoop loop;
  private final FlowLog log;
  private final FlowPipeline flows;
  private final EventReader events;
  private final FlowSweep ends;
  private final SelfCheck check;

  private Watching(
      AgentSettings settings,
      CommandQueue queue,
      ClusterSource source,
      Adopted adopted,
      FlowLog log) {
    this.loop = adopted.loop();
    this.log = log;
    Path pins = settings.kernel().pinRoot();
    this.flows = pipeline(settings, queue, adopted, log);
    io.merlon.datapath.Datapath kernel = adopted.datapath().kernel();
    this.events =
        EventReader.start(
            EventReader.Events.of(kernel.events()),
            new OwedDenials(new KernelDenials(kernel), flows));
    this.ends = FlowSweep.start(new KernelFlows(pins), flows, settings.telling().flows().ends());
    Duration every = settings.telling().verifyEvery();
    this.check =
        SelfCheck.start(
            queue,
            new PolicyCheck.Sources(pins, source::snapshot, () -> asked(settings)),
            loop::view,
            every);
  }

  private VerifySettings asked(AgentSettings settings) {
    return new VerifySettings(
        settings.node().name(),
        settings.enforcement().mode(),
        settings.enforcement().metadataGuard(),
        loop.view().breaks());
  }

  /** The kernel's state and the loop that owns it. */
  record Adopted(AgentLoop loop, Datapath datapath) {}

  /**
   * Begins.
   *
   * @param log is told of flows, beside those the settings name
   */
  static Watching start(
      AgentSettings settings,
      CommandQueue queue,
      ClusterSource source,
      Adopted adopted,
      FlowLog log) {
    return new Watching(settings, queue, source, adopted, log);
  }

  private static FlowPipeline pipeline(
      AgentSettings settings, CommandQueue queue, Adopted adopted, FlowLog log) {
    AgentSettings.Flows wanted = settings.telling().flows();
    List<FlowSink> sinks = new ArrayList<>(List.of(log));
    switch (wanted.log()) {
      case FlowSetting.None() -> {}
      case FlowSetting.Stdout() -> sinks.add(LineSink.to(new FileOutputStream(FileDescriptor.out)));
      case FlowSetting.File(var path) -> sinks.add(LineSink.to(path, LARGEST_FILE));
    }
    wanted.collector().ifPresent(uri -> sinks.add(new OtlpSink(uri, settings.node().name())));
    AgentLoop loop = adopted.loop();
    return new FlowPipeline(
        new FlowPipeline.Sources(
            question -> Inquiry.of(queue, inside -> question.apply(inside.names())),
            () -> known(loop.view()),
            adopted.datapath()::meaning),
        sinks,
        wanted.sample(),
        wanted.peers(),
        InstantSource.system());
  }

  private static FlowPipeline.Known known(AgentView view) {
    return new FlowPipeline.Known(view.seen(), view.breaks());
  }

  /** How much of the kernel's tables of flows lives. */
  Optional<FlowUse> flowUse() {
    return ends.use();
  }

  EventTally events() {
    return flows.tally(events.read(), events.unreadable(), log.missed());
  }

  PeerDenials.Counted denials() {
    return flows.denials();
  }

  Verified verified() {
    return check.verified();
  }

  /** To be closed while the loop still runs. */
  @Override
  public void close() {
    ends.close();
    events.close();
    flows.close();
    check.close();
  }
}
