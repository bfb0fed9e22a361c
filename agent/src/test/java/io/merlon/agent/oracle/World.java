package io.merlon.agent.oracle;

import io.merlon.agent.api.ClusterSnapshot;

/** A cluster somebody threw dice for. */
record World(long seed, ClusterSnapshot cluster) {}
