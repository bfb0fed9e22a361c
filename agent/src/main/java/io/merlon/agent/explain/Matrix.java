package io.merlon.agent.explain;

import io.merlon.agent.compile.CompiledPolicy;
import io.merlon.agent.compile.PolicyLookup;
import io.merlon.agent.compile.PolicyLookup.Answer;
import io.merlon.agent.compile.Row;
import io.merlon.agent.identity.Address;
import io.merlon.agent.policy.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who may reach whom: every pair of pods, a pod itself included, and every pair of a pod and an
 * address outside, by each family both have and each port. Nothing is kept: cells are made as they
 * are asked for, always in the same order.
 */
public record Matrix(
    CompiledPolicy policy, List<End> pods, List<End> externals, List<PortSpec> ports) {
  public Matrix {
    pods = List.copyOf(pods);
    externals = List.copyOf(externals);
    ports = List.copyOf(ports);
  }

  /** All cells: by source, destination, family and port; pods come before what is outside. */
  public void forEach(Consumer<Cell> sink) {
    List<End> everyone = new ArrayList<>(pods);
    everyone.addAll(externals);
    for (End from : everyone) {
      for (End to : from.pod() == null ? pods : everyone) {
        cells(from, to, sink);
      }
    }
  }

  private void cells(End from, End to, Consumer<Cell> sink) {
    for (boolean v6 : new boolean[] {false, true}) {
      Address source = from.address(v6);
      Address destination = to.address(v6);
      if (source == null || destination == null) {
        continue;
      }
      Row egress = PolicyLookup.row(policy, from.side(source), destination, Direction.EGRESS);
      Row ingress = PolicyLookup.row(policy, to.side(destination), source, Direction.INGRESS);
      for (PortSpec port : ports) {
        var answer =
            new Answer(
                egress.decide(port.protocol(), port.port()),
                ingress.decide(port.protocol(), port.port()));
        sink.accept(new Cell(from, to, v6, port, answer));
      }
    }
  }
}
