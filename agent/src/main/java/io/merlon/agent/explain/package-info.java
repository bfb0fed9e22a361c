/**
 * Answers questions about policies: who may reach whom, why, what is wrong with them, and what an
 * edit changes. Pure: the same compiler as on a node, asked about a whole cluster.
 */
package io.merlon.agent.explain;
