/**
 * Real enforcement without a cluster: a folder of manifests becomes network namespaces, wired as
 * the VPC CNI wires pods, with the real agent on each node, and connections are tried between them.
 */
package io.merlon.agent.lab;
