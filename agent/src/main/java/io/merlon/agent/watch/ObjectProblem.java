package io.merlon.agent.watch;

import io.merlon.agent.api.ClusterEvent;

/**
 * Something that is wrong with an object, as it is told to whoever looks after the object.
 *
 * @param uid of the object, "" if it is not known
 * @param text for people, in one line
 */
public record ObjectProblem(ClusterEvent.Key object, String uid, String text) {}
