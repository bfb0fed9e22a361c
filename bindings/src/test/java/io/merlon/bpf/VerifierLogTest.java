package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** Logs as libbpf prints them. */
class VerifierLogTest {
  @Test
  void theLastLineBeforeTheStatisticsIsTheReason() {
    String log =
        """
        libbpf: prog 'ingress': BPF program load failed: Invalid argument
        libbpf: prog 'ingress': -- BEGIN PROG LOAD LOG --
        0: R1=ctx(off=0,imm=0) R10=fp0
        ; return *value;
        12: (95) exit
        back-edge from insn 12 to 3
        verification time 171 usec
        stack depth 8
        processed 9 insns (limit 1000000) max_states_per_insn 0 total_states 0

        -- END PROG LOAD LOG --
        libbpf: prog 'ingress': failed to load: -22
        libbpf: failed to load object 'enforce'
        """;
    assertEquals(new VerifierLog("ingress", "back-edge from insn 12 to 3"), VerifierLog.find(log));
  }

  @Test
  void aLogWithoutAVerifierHasNone() {
    assertNull(VerifierLog.find("libbpf: Error in bpf_create_map_xattr(x):Invalid argument\n"));
  }

  @Test
  void aLogCutOffStillHasItsLastLine() {
    String log =
        """
        libbpf: prog 'p': -- BEGIN PROG LOAD LOG --
        R1 !read_ok
        """;
    assertEquals(new VerifierLog("p", "R1 !read_ok"), VerifierLog.find(log));
  }

  @Test
  void whereTheVerifierSaidNothingItDidNotRefuse() {
    String log =
        """
        libbpf: prog 'p': BPF program load failed: Too many open files
        libbpf: prog 'p': -- BEGIN PROG LOAD LOG --
        -- END PROG LOAD LOG --
        libbpf: prog 'p': failed to load: -24
        """;
    assertNull(VerifierLog.find(log));
  }

  @Test
  void theRegistersOfAnEndlessLoopAreNoReason() {
    String log =
        """
        libbpf: prog 'p': -- BEGIN PROG LOAD LOG --
        infinite loop detected at insn 7
        cur state: R0=scalar() R10=fp0
        old state: R0=scalar() R10=fp0
        processed 9 insns (limit 1000000) max_states_per_insn 0 total_states 0
        -- END PROG LOAD LOG --
        """;
    assertEquals(new VerifierLog("p", "infinite loop detected at insn 7"), VerifierLog.find(log));
  }
}
