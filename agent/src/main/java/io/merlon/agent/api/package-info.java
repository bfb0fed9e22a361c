/**
 * The Kubernetes objects Merlon reads, as plain values.
 *
 * <p>They mirror the API one to one and judge nothing: what the API distinguishes (absent, empty,
 * present) they distinguish, {@code null} standing for absent, and what a user may write wrongly (a
 * CIDR, an operator, a port) they keep as written. {@code watch} makes them; everything after it
 * reads them. No type here knows where it came from.
 */
package io.merlon.agent.api;
