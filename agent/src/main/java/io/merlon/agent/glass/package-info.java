/**
 * Breaking the glass: for a while, and loudly, denials of some pods are reported and not carried
 * out. A command on the node says so, without any API server, or an annotation does.
 */
package io.merlon.agent.glass;
