/**
 * A node made of network namespaces. {@link io.merlon.it.NetworkNamespace} is one of them, entered
 * by a thread of this process; {@link io.merlon.it.PodNetwork} wires pods to a node as the AWS VPC
 * CNI does; {@link io.merlon.it.Wire} leads out of it. {@link io.merlon.it.EchoServer} and {@link
 * io.merlon.it.Client} talk across.
 */
@org.jspecify.annotations.NullMarked
package io.merlon.it;
