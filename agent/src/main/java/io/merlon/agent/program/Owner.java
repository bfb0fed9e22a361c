package io.merlon.agent.program;

import io.merlon.agent.identity.WorkloadRef;
import io.merlon.datapath.Struct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A workload as a map's value. */
record Owner(WorkloadRef workload) {
  private static final int SIZE = 512;

  static final Struct<Owner> CODEC = new Struct<>("owner", SIZE, Owner::write, Owner::read);

  private void write(ByteBuffer out) {
    String text = workload.namespace() + "\n" + workload.kind() + "\n" + workload.name() + "\n";
    out.put(Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), SIZE));
  }

  private static Owner read(ByteBuffer in) {
    byte[] text = new byte[SIZE];
    in.get(text);
    String[] parts = new String(text, StandardCharsets.UTF_8).split("\n", -1);
    return new Owner(
        parts.length < 4 ? WorkloadRef.NONE : new WorkloadRef(parts[0], parts[1], parts[2]));
  }
}
