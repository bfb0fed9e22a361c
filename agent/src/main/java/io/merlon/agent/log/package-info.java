/**
 * Where log messages go: to standard error, a line each, as text or as JSON. A message is constant;
 * its facts are key-values beside it.
 */
package io.merlon.agent.log;
