package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;

/**
 * Something that is wrong with an object, as it is told to whoever looks after the object.
 *
 * @param uid of the object, "" if it is not known
 * @param text for people, in one line
 * @param reason for machines, in one word
 */
public record ObjectProblem(ClusterEvent.Key object, String uid, String text, String reason) {
  /** One of a policy that is not what it should be. */
  public static ObjectProblem ofPolicy(ClusterEvent.Key object, String uid, String text) {
    return new ObjectProblem(object, uid, text, "PolicyProblem");
  }
}
