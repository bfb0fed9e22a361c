package io.merlon.agent.compile;

import static io.merlon.agent.compile.Manifests.ALL;
import static io.merlon.agent.compile.Manifests.ingress;
import static io.merlon.agent.compile.Manifests.match;
import static io.merlon.agent.compile.Manifests.peers;
import static io.merlon.agent.compile.Manifests.pod;
import static io.merlon.agent.compile.Manifests.podsIn;
import static io.merlon.agent.compile.Manifests.withAccount;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.api.Namespace;
import io.merlon.agent.api.Pod;
import io.merlon.agent.api.PodIdentityAssociation;
import io.merlon.agent.api.ServiceAccount;
import io.merlon.agent.identity.Identity;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.policy.CompileProblem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Identity: what is attested can be selected on, what is claimed cannot. */
class IdentitySemanticsTest {
  private static final String ARN = "arn:aws:iam::123456789012:role/team/payments-irsa-role";

  private final Cluster cluster = new Cluster();

  @BeforeEach
  void aServerAndAClient() {
    cluster
        .namespace("x", "")
        .namespace("y", "")
        .put(
            pod("x", "web", "app=web", "10.0.0.1"),
            withAccount(pod("y", "client", "app=client", "10.0.1.1"), "payments-api", Map.of()),
            new ServiceAccount("y", "payments-api", Map.of("eks.amazonaws.com/role-arn", ARN)));
  }

  private boolean openFor(String label) {
    cluster.put(ingress("x", "p", ALL, peers(podsIn(ALL, match(label)))));
    return cluster.reaches("y/client", "x/web", 80);
  }

  private Identity identity(String namespace, String name) {
    return Objects.requireNonNull(cluster.compile().pods().get(new PodRef(namespace, name)))
        .identity();
  }

  @Test
  void selectsByServiceAccountRoleAndAccount() {
    assertTrue(openFor("identity.merlon.io/service-account=payments-api"));
    assertTrue(openFor("identity.merlon.io/iam-role=payments-irsa-role"));
    assertTrue(openFor("identity.merlon.io/aws-account=123456789012"));
    assertFalse(openFor("identity.merlon.io/iam-role=other"));
  }

  @Test
  void anAssociationCountsBeforeTheAnnotation() {
    cluster.put(
        new PodIdentityAssociation(
            "y", "payments-api", "arn:aws:iam::210987654321:role/associated"));
    assertTrue(openFor("identity.merlon.io/iam-role=associated"));
    assertFalse(openFor("identity.merlon.io/iam-role=payments-irsa-role"));
  }

  @Test
  void aPodCannotClaimAnIdentity() {
    cluster.put(pod("y", "client", "identity.merlon.io/iam-role=admin", "10.0.1.1"));
    assertFalse(openFor("identity.merlon.io/iam-role=admin"));
    assertEquals(
        List.of("metadata.labels"),
        cluster.compile().problems().stream().map(CompileProblem::field).toList());
  }

  @Test
  void aNamespaceCannotClaimAnIdentity() {
    cluster.namespace("y", "identity.merlon.io/iam-role=admin");
    cluster.put(
        ingress(
            "x",
            "p",
            ALL,
            peers(Manifests.namespaces(match("identity.merlon.io/iam-role=admin")))));
    assertFalse(cluster.reaches("y/client", "x/web", 80));
    assertEquals(1, cluster.compile().problems().size());
  }

  @Test
  void anArnThatIsNoneIsReportedAndGivesNothing() {
    cluster.put(
        new ServiceAccount(
            "y", "payments-api", Map.of("eks.amazonaws.com/role-arn", "role/payments")));
    assertFalse(openFor("identity.merlon.io/iam-role=payments"));
    assertEquals(
        List.of("metadata.annotations[eks.amazonaws.com/role-arn]"),
        cluster.compile().problems().stream().map(CompileProblem::field).toList());
  }

  @Test
  void theSpiffeIdNamesTheServiceAccount() {
    assertEquals("spiffe://cluster.local/ns/y/sa/payments-api", identity("y", "client").spiffeId());
  }

  @Test
  void theModeComesFromThePodThenTheNamespaceThenTheDefault() {
    Pod client = pod("y", "client", "", "10.0.1.1");
    cluster.put(
        new Namespace("y", Map.of(), Map.of(Mode.ANNOTATION, "audit")),
        withAccount(client, "default", Map.of(Mode.ANNOTATION, "observe")),
        pod("y", "other", "", "10.0.1.2"));
    assertEquals(Mode.OBSERVE, mode("y", "client"));
    assertEquals(Mode.AUDIT, mode("y", "other"));
    assertEquals(Mode.ENFORCE, mode("x", "web"));
  }

  @Test
  void anUnknownModeIsTheDefaultAndReported() {
    cluster.put(
        withAccount(pod("y", "client", "", "10.0.1.1"), "default", Map.of(Mode.ANNOTATION, "off")));
    assertEquals(Mode.ENFORCE, mode("y", "client"));
    assertEquals("unknown mode \"off\"", cluster.compile().problems().getFirst().reason());
  }

  @Test
  void anUnknownModeOfAPodLeavesItsNamespaces() {
    cluster.put(
        new Namespace("y", Map.of(), Map.of(Mode.ANNOTATION, "audit")),
        withAccount(pod("y", "client", "", "10.0.1.1"), "default", Map.of(Mode.ANNOTATION, "off")));
    assertEquals(Mode.AUDIT, mode("y", "client"));
    assertEquals("unknown mode \"off\"", cluster.compile().problems().getFirst().reason());
  }

  private Mode mode(String namespace, String name) {
    return Objects.requireNonNull(cluster.compile().pods().get(new PodRef(namespace, name))).mode();
  }
}
