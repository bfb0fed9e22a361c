/**
 * Real enforcement without a cluster: a folder of manifests becomes network namespaces, wired as
 * the VPC CNI wires pods, with the real programs on their interfaces.
 */
package io.merlon.agent.lab;
