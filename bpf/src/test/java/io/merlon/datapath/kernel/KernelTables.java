package io.merlon.datapath.kernel;

import io.merlon.bpf.BpfObject;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MappedArray;
import io.merlon.datapath.harness.PacketTarget;
import io.merlon.datapath.harness.SubjectTable;

/** Verdict tables in the shared array: two places for each subject, used in turn. */
final class KernelTables implements AutoCloseable {
  private static final int ROOM = 8192;

  /** Offset 0 means "none", so the first place is nobody's. */
  static final int WORDS = ROOM * 2 * (PacketTarget.SUBJECTS + 1);

  private final MappedArray tables;
  private final MappedArray subjects;
  private final boolean[] second = new boolean[PacketTarget.SUBJECTS + 1];

  KernelTables(BpfObject object) {
    tables = MappedArray.of(object.map("tables", Codec.u32(), Codec.u64()));
    subjects = MappedArray.of(object.map("subjects", Codec.u32(), Codec.u64()));
  }

  void put(int subject, SubjectTable table) {
    long[] words = TableImage.of(table, PacketTarget.DECISIONS);
    if (words.length > ROOM) {
      throw new IllegalArgumentException("table of " + words.length + " words");
    }
    second[subject] = !second[subject];
    long offset = (subject * 2L + (second[subject] ? 1 : 0)) * ROOM;
    tables.copyIn(offset, words);
    subjects.set(subject, offset | (long) Slots.base(subject) << 32);
  }

  void remove(int subject) {
    subjects.set(subject, (long) Slots.base(subject) << 32);
  }

  void clear() {
    for (int subject = 0; subject <= PacketTarget.SUBJECTS; subject++) {
      remove(subject);
    }
  }

  @Override
  public void close() {
    tables.close();
    subjects.close();
  }
}
