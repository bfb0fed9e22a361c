/**
 * The agent's numbers as Prometheus reads them. What packets met is taken from the kernel's
 * counters at the moment of asking; see docs/metrics.md for all names.
 */
package io.merlon.agent.metrics;
