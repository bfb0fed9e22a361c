/** Which interface on the node belongs to which pod. */
package io.merlon.agent.interfaces;
