package io.merlon.agent.compile;

import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.PolicyRef;
import java.util.List;

/**
 * All that holds for a subject in one direction, in the order in which it is asked.
 *
 * @param isolating the NetworkPolicies that isolate it; if there are any, {@code accepting} is
 *     final
 * @param ownPorts the ports the subject itself declares under names that matter here
 */
record SubjectRules(
    Direction direction,
    List<TestedRule> admin,
    List<PolicyRef> isolating,
    List<TestedRule> accepting,
    List<TestedRule> baseline,
    List<PortAnswer> ownPorts) {}
