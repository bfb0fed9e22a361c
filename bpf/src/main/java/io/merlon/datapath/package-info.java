/**
 * The datapath as the agent sees it: the prebuilt objects, and every struct of {@code
 * bpf/src/abi.h} as a record with its codec. A test holds each codec against the object's own type
 * information, so that C and Java cannot drift apart.
 */
package io.merlon.datapath;
