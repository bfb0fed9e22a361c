package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes up how a random world changes, and how badly that is told. */
final class StoryGenerator {
  private static final int CHAPTERS = 4;

  private final long seed;
  private final Dice dice;
  private final ClusterState truth;
  private final Mutations mutations;

  /** Everything ever said, to be said again too late. */
  private final List<ClusterEvent> past = new ArrayList<>();

  StoryGenerator(long seed) {
    this.seed = seed;
    WorldGenerator generator = new WorldGenerator(seed);
    truth = ClusterState.of(generator.world().cluster());
    dice = new Dice(~seed);
    mutations = new Mutations(generator, dice, truth);
  }

  Story story() {
    List<Story.Chapter> chapters = new ArrayList<>();
    List<ClusterEvent> beginning = truth.puts();
    past.addAll(beginning);
    chapters.add(chapter(false, beginning));
    for (int i = 1; i < CHAPTERS; i++) {
      List<ClusterEvent> happened = mutations.some(dice.between(1, 8));
      past.addAll(happened);
      chapters.add(chapter(dice.chance(15), happened));
    }
    return new Story(seed, chapters);
  }

  private Story.Chapter chapter(boolean restart, List<ClusterEvent> happened) {
    List<ClusterEvent> noise = new ArrayList<>();
    for (ClusterEvent event : happened) {
      for (int times = dice.pick(0, 1, 1, 1, 2); times > 0; times--) {
        noise.add(event);
      }
    }
    noise.addAll(dice.sample(past, dice.between(0, 4)));
    for (ClusterEvent doubted : dice.sample(past, dice.between(0, 2))) {
      noise.add(new ClusterEvent.Gone(doubted.key()));
    }
    List<ClusterEvent> told = dice.chance(50) ? noise : dice.shuffled(noise);
    Set<ClusterEvent.Key> touched = new LinkedHashSet<>();
    happened.forEach(event -> touched.add(event.key()));
    told.forEach(event -> touched.add(event.key()));
    List<ClusterEvent> settling = new ArrayList<>();
    for (ClusterEvent.Key key : dice.shuffled(List.copyOf(touched))) {
      ClusterEvent last = truth.lastWord(key);
      settling.add(last);
      if (dice.chance(10)) {
        settling.add(last);
      }
    }
    return new Story.Chapter(restart, told, settling);
  }
}
