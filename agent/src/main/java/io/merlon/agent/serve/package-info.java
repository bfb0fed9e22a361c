/**
 * What the agent tells over HTTP: whether it is well, what it enforces, and what is wrong. All of
 * it is read from the loop's view; nothing here can change anything.
 */
package io.merlon.agent.serve;
