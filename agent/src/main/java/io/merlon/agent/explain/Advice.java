package io.merlon.agent.explain;

import io.merlon.agent.api.ClusterEvent;

/**
 * A risk in one place.
 *
 * @param field the path in the object, "" for the whole of it
 */
public record Advice(Risk risk, ClusterEvent.Key object, String field, String text) {}
