package io.merlon.agent.watch;

import java.time.Duration;

/**
 * How an API server is watched.
 *
 * @param node the node whose pods come first; "" if there is none
 * @param pageSize how many objects the server is asked for at a time
 * @param patience how long the server may take to begin an answer
 * @param silence how long a connection may be without a byte; the server sends a bookmark a minute
 * @param absentPoll how often to ask for a kind that is not installed
 */
public record WatchSettings(
    String node, int pageSize, Duration patience, Duration silence, Duration absentPoll) {
  /** What suits a node of any cluster. */
  public static WatchSettings forNode(String node) {
    return new WatchSettings(
        node, 500, Duration.ofSeconds(30), Duration.ofSeconds(100), Duration.ofSeconds(60));
  }
}
