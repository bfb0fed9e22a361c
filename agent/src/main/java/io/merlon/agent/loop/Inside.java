package io.merlon.agent.loop;

import io.merlon.agent.observe.NameBook;
import io.merlon.agent.program.Datapath;

/** What belongs to the loop's thread, for a look. */
public record Inside(Datapath datapath, NameBook names) {}
