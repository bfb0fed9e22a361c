package io.merlon.datapath.bench;

import io.merlon.datapath.Hook;
import io.merlon.datapath.bench.Case.Budget;
import io.merlon.datapath.bench.Case.Sample;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The cases of one address family, with what they may cost. */
final class Cases {
  private final Scenes scenes;
  private final boolean v6;
  private final Established established;
  private final Openings openings;

  Cases(Rotation rotation, Scenes scenes, boolean v6) {
    this.scenes = scenes;
    this.v6 = v6;
    this.established = new Established(rotation, v6);
    this.openings = new Openings(rotation, v6);
  }

  List<Case> all() {
    return List.of(
        of("established, TCP, from the pod", 45, 36, () -> tcp(Hook.FROM_POD)),
        of("established, TCP, to the pod", 45, 36, () -> tcp(Hook.TO_POD)),
        of("established, UDP, from the pod", 45, 36, () -> established.udp(scenes.addresses1k)),
        of("established, 256k flows", 100, 85, established.many(scenes.manyFlows)),
        of("new flow, 100 addresses", 330, 280, () -> openings.allowed(scenes.addresses100)),
        of("new flow, 1k addresses", 330, 280, () -> openings.allowed(scenes.addresses1k)),
        of("new flow, 10k addresses", 380, 330, () -> openings.allowed(scenes.addresses10k)),
        of("new flow, 100k addresses", 380, 330, () -> openings.allowed(scenes.addresses100k)),
        of("new flow, 100 CIDRs", 480, 430, () -> openings.allowed(scenes.cidrs100)),
        of("new flow, 10k CIDRs", 480, 430, () -> openings.allowed(scenes.cidrs10k)),
        of("new flow, 100k CIDRs", 480, 430, () -> openings.allowed(scenes.cidrs100k)),
        of("new flow, events read", 380, 320, () -> heard(openings::allowed)),
        of("new flow, table full", 500, 450, openings.evicting(scenes.full)),
        of("denied, one flow, told now and then", 120, 105, () -> again(scenes.addresses1k)),
        of("denied, one flow, events lost", 120, 105, () -> lost(openings::deniedAndTold)),
        of("denied, one flow, events read", 160, 140, () -> heard(openings::deniedAndTold)),
        of("denied, ever other flows, events lost", 120, 105, () -> lost(openings::denied)),
        of("denied, ever other flows, events read", 160, 140, () -> heard(openings::denied)));
  }

  private Case of(String name, int budget, int stretch, Supplier<Sample> measure) {
    return new Case(name, v6, new Budget(budget, stretch), measure);
  }

  private Sample tcp(Hook hook) {
    return established.tcp(scenes.addresses1k, hook);
  }

  private Sample again(Scene scene) {
    return openings.deniedAgain(scene);
  }

  private Sample lost(Function<Scene, Sample> measure) {
    return measure.apply(scenes.unheard);
  }

  private Sample heard(Function<Scene, Sample> measure) {
    long lost = scenes.heard.eventsLost();
    Sample sample = measure.apply(scenes.heard);
    if (scenes.heard.eventsLost() != lost) {
      throw new IllegalStateException("events were lost");
    }
    return sample;
  }
}
