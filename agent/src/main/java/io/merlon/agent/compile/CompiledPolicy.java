package io.merlon.agent.compile;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.CompileProblem;
import io.merlon.agent.policy.PolicyRef;
import java.util.List;

/**
 * What policies mean for the pods of one node, or of the whole cluster.
 *
 * @param options what it was compiled for
 * @param pods the local pods
 * @param tables by subject
 * @param selecting by subject, the policies its table is made of, in the order they are asked
 * @param decisions every decision in the tables, by cookie
 * @param nodes the addresses of all nodes, with the names of those that claim them
 * @param problems sorted
 */
public record CompiledPolicy(
    CompileOptions options,
    PersistentMap<PodRef, LocalPod> pods,
    PersistentMap<Integer, VerdictTable> tables,
    PersistentMap<Integer, List<PolicyRef>> selecting,
    AddressBook addresses,
    PersistentMap<ServiceKey, ServiceTarget> services,
    PersistentMap<Long, Decision> decisions,
    PersistentMap<Address, List<String>> nodes,
    List<CompileProblem> problems) {
  public CompiledPolicy {
    problems = List.copyOf(problems);
  }

  /** The table of a subject, which must be one of these pods'. */
  public VerdictTable table(int subject) {
    VerdictTable table = tables.get(subject);
    if (table == null) {
      throw new IllegalArgumentException("no table for subject " + subject);
    }
    return table;
  }
}
