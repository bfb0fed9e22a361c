/**
 * The kernel's routing socket, rtnetlink(7), as far as watching needs it: links and the routes to
 * single addresses, dumped once and then told as they change; and the network namespace of a
 * thread. Native memory stays inside.
 */
package io.merlon.netlink;
