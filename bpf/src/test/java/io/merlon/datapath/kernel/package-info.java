/**
 * The programs themselves, loaded into the running kernel and fed one packet at a time by
 * BPF_PROG_TEST_RUN. Maps are written and read byte by byte as the ABI header describes them, not
 * by the agent's own codecs, so that an error in those cannot hide one here.
 */
package io.merlon.datapath.kernel;
