package io.merlon.agent.oracle;

import io.merlon.agent.oracle.PolicyModel.RuleModel;
import io.merlon.agent.oracle.PolicyModel.Target;
import java.util.ArrayList;
import java.util.List;

/** The conflict family: one policy denies what another allows. Sixteen cases. */
final class CyclonusConflicts {
  private static final Target SOURCE = Target.of("x", "b");
  private static final Target DESTINATION = Target.of("y", "c");

  private static final List<RuleModel> ALL = List.of(RuleModel.ALL);
  private static final List<RuleModel> NONE = List.of();
  private static final List<RuleModel> ALL_BY_POD = List.of(RuleModel.to(PeerKind.ALL_PODS));
  private static final List<RuleModel> ALL_BY_IP = List.of(RuleModel.to(PeerKind.ALL_V4));
  private static final List<RuleModel> NONE_BY_POD = List.of(RuleModel.to(PeerKind.NO_PODS));
  private static final List<RuleModel> NONE_BY_IP = List.of(RuleModel.to(PeerKind.NO_V4));

  private CyclonusConflicts() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    cases.add(
        CyclonusCases.once(
            "conflict: deny all from source, allow all to destination",
            egress("deny", NONE),
            ingress("allow", DESTINATION, ALL)));
    cases.add(
        CyclonusCases.once(
            "conflict: allow all from source, deny all to destination",
            egress("allow", ALL),
            ingress("deny", DESTINATION, NONE)));
    both(cases, "deny all, allow all", NONE, ALL);
    both(cases, "deny all, allow all by pod", NONE, ALL_BY_POD);
    both(cases, "deny all, allow all by IP", NONE, ALL_BY_IP);
    both(cases, "deny all by IP, allow all by pod", NONE_BY_IP, ALL_BY_POD);
    both(cases, "deny all by pod, allow all by IP", NONE_BY_POD, ALL_BY_IP);
    alone(cases, "deny all by IP", NONE_BY_IP);
    alone(cases, "deny all by pod", NONE_BY_POD);
    return cases;
  }

  private static void both(
      List<Case> cases, String name, List<RuleModel> deny, List<RuleModel> allow) {
    cases.add(
        CyclonusCases.once(
            "conflict, egress: " + name, egress("deny", deny), egress("allow", allow), dns()));
    cases.add(
        CyclonusCases.once(
            "conflict, ingress: " + name,
            ingress("deny", SOURCE, deny),
            ingress("allow", SOURCE, allow)));
  }

  private static void alone(List<Case> cases, String name, List<RuleModel> deny) {
    cases.add(CyclonusCases.once("conflict, egress alone: " + name, egress("deny", deny), dns()));
    cases.add(
        CyclonusCases.once("conflict, ingress alone: " + name, ingress("deny", SOURCE, deny)));
  }

  private static PolicyModel dns() {
    return egress("dns", List.of(RuleModel.DNS));
  }

  private static PolicyModel egress(String name, List<RuleModel> rules) {
    return new PolicyModel(name + "-egress", SOURCE, null, rules);
  }

  private static PolicyModel ingress(String name, Target target, List<RuleModel> rules) {
    return new PolicyModel(name + "-ingress", target, rules, null);
  }
}
