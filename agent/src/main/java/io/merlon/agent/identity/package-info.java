/**
 * What a pod is, and what an address is.
 *
 * <p>A pod is its namespace with its labels, its own labels, its service account, the IAM role that
 * account stands for and a SPIFFE ID. The attested facts among these are offered to selectors as
 * {@link io.merlon.agent.identity.VirtualLabels virtual labels}. Everything here is a plain value.
 */
package io.merlon.agent.identity;
