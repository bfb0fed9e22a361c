package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How well one kind is known.
 *
 * @param sinceContact how long ago the server last said something about it, if only that nothing
 *     changed; since the start, if it never did
 * @param objects how many are known
 * @param lists how often everything was listed
 * @param failures how often a request failed or a watch broke off
 * @param unread which objects could not be read as they were told last, as namespace/name, a
 *     hundred at most: what was known of them stays
 * @param refusals how often the sink threw, and was given the same again
 * @param lastFailure what failed last, null if nothing did since the last success
 */
public record KindStatus(
    Kind kind,
    Condition condition,
    Duration sinceContact,
    int objects,
    long lists,
    long failures,
    List<String> unread,
    long refusals,
    @Nullable String lastFailure) {
  public KindStatus {
    unread = List.copyOf(unread);
  }

  /** What is known of a kind as a whole. */
  public enum Condition {
    /** Not all of it yet. */
    UNKNOWN,
    /** All of it, as of the last contact. */
    KNOWN,
    /** That the cluster does not have it. */
    ABSENT
  }
}
