package io.merlon.datapath.fuzz;

import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.model.DatapathModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Random lives, each a function of its seed alone, lived by the model and by another datapath until
 * they differ.
 */
final class PacketFuzzer {
  private static final int PACKETS_PER_LIFE = 4000;

  private final PacketTarget subject;
  private final DatapathModel model = new DatapathModel();

  PacketFuzzer(PacketTarget subject) {
    this.subject = subject;
  }

  /** Lives on until so many packets were sent; gives their number, or fails with the story. */
  long run(long seed, long packets) {
    long sent = 0;
    for (long life = 0; sent < packets; life++) {
      List<Step> steps = life(seed + life);
      Duel duel = new Duel(model, subject);
      Optional<String> difference = duel.fight(steps);
      if (difference.isPresent()) {
        throw new AssertionError(story(seed + life, steps, duel));
      }
      sent += PACKETS_PER_LIFE;
    }
    return sent;
  }

  static List<Step> life(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Neighbourhood places = new Neighbourhood(random);
    ChangeSource changes = new ChangeSource(random, places);
    PacketSource packets = new PacketSource(random, places, new Mutator(random));
    List<Step> steps = new ArrayList<>(changes.beginning());
    for (int sent = 0; sent < PACKETS_PER_LIFE; sent++) {
      if (random.nextInt(40) == 0) {
        steps.add(changes.next());
      }
      steps.add(packets.next());
    }
    return steps;
  }

  private String story(long seed, List<Step> steps, Duel duel) {
    List<Step> shortest = Shrinker.shrink(steps, shorter -> duel.fight(shorter).isPresent());
    StringBuilder story = new StringBuilder("model / datapath differ, seed " + seed + "\n");
    model.reset();
    for (Step step : shortest) {
      story.append(step).append('\n');
      switch (step) {
        case Step.Change change -> change.apply(model);
        case Step.Send send ->
            story
                .append("    ")
                .append(model.explain(send.hook(), send.line(), send.frame()))
                .append('\n');
      }
    }
    return story.append(duel.fight(shortest).orElse("not seen again")).toString();
  }
}
