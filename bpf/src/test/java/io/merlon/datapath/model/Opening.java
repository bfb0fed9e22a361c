package io.merlon.datapath.model;

import io.merlon.datapath.harness.Address;
import io.merlon.datapath.harness.Direction;

/** The question put to policy: may a flow be opened from here to there? */
record Opening(Direction direction, Address pod, Address peer, int port, int protocol) {}
