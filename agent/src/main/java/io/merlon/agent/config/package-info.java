/**
 * What the agent is told to do. Each option is declared once, in {@link
 * io.merlon.agent.config.Options}; the command line, the environment, the configuration file and
 * the documentation follow from that. What is wrong is said in one line before anything starts.
 */
package io.merlon.agent.config;
