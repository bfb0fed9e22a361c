package io.merlon.agent.loop;

import io.merlon.agent.config.UntilKnown;
import java.time.Duration;
import java.util.List;

/**
 * What the loop is told at the start.
 *
 * @param podPrefixes how the names of pods' interfaces begin
 * @param uplinkPrefixes how those of the node's own begin, where they are not pods'
 * @param checkEvery how often to look whether somebody else changed what is ours
 */
public record LoopSettings(
    UntilKnown untilKnown,
    List<String> podPrefixes,
    List<String> uplinkPrefixes,
    Duration checkEvery) {
  public LoopSettings {
    podPrefixes = List.copyOf(podPrefixes);
    uplinkPrefixes = List.copyOf(uplinkPrefixes);
  }
}
