/**
 * Where cluster state comes from: the API server ({@code ClusterWatch}) or a folder of manifests
 * ({@link io.merlon.agent.watch.ManifestFolder}).
 *
 * <p>Both read the same objects with the same readers: a reader walks a {@link
 * io.merlon.agent.watch.Written} value once, front to back, and keeps only what network policy can
 * tell apart. Off the wire that value is a token stream, so that a pod of ten kilobytes never
 * becomes a tree; in a folder it is a node of the file, so that every value knows its line. What
 * leaves this room are the plain values of {@code io.merlon.agent.api}; nothing after it knows
 * Kubernetes clients, JSON or YAML.
 */
package io.merlon.agent.watch;
