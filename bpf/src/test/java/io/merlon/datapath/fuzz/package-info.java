/**
 * Random lives of a node: packets that hit each other's flows and fragments, and changes of
 * everything the agent can change, told to the model and to the kernel's programs alike. Where they
 * part, the story is cut down to what is needed and printed.
 */
package io.merlon.datapath.fuzz;
