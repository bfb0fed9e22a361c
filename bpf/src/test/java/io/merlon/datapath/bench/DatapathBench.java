package io.merlon.datapath.bench;

import io.merlon.datapath.bench.Case.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * What a packet costs over an empty program, beside the budget. Rounds alternate between all cases,
 * so that a slow moment of the machine touches each; the median counts, the spread is printed.
 */
public final class DatapathBench {
  private static final int WARM_UP = 1;
  private static final int ROUNDS = 11;

  private DatapathBench() {}

  /** A case and its rounds so far. */
  record Measured(Case what, List<Sample> samples) {}

  public static void main(String[] args) {
    Cpu.pinThread(Cpu.measured());
    try (Rotation rotation = new Rotation();
        Scenes scenes = new Scenes()) {
      List<Case> cases = new ArrayList<>(new Cases(rotation, scenes, false).all());
      cases.addAll(new Cases(rotation, scenes, true).all());
      Report.print(measure(cases));
    }
  }

  private static List<Measured> measure(List<Case> cases) {
    List<Measured> all = cases.stream().map(c -> new Measured(c, new ArrayList<>())).toList();
    for (int round = 0; round < WARM_UP + ROUNDS; round++) {
      for (Measured measured : all) {
        Sample sample = measured.what().measure().get();
        if (round >= WARM_UP) {
          measured.samples().add(sample);
        }
      }
    }
    return all;
  }
}
