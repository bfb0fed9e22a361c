package io.merlon.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VirtualLabelsTest {
  @Test
  void aValidLabelValueStandsForItself() {
    assertEquals("payments-irsa-role", VirtualLabels.value("payments-irsa-role"));
  }

  @Test
  void namesThatAreNoLabelValuesStayApart() {
    String plus = VirtualLabels.value("team+payments");
    String at = VirtualLabels.value("team@payments");
    assertTrue(plus.matches("team-payments\\.[0-9a-f]{10}"), plus);
    assertNotEquals(plus, at);
    String of64 = VirtualLabels.value("r".repeat(64));
    assertTrue(of64.length() <= 63, of64);
  }

  @Test
  void readsTheRoleOutOfItsArn() {
    IamRole role =
        Objects.requireNonNull(IamRole.parse("arn:aws-cn:iam::123456789012:role/a/b/name"));
    assertEquals("name", role.name());
    assertEquals("123456789012", role.account());
    assertNull(IamRole.parse("arn:aws:iam::123456789012:user/name"));
    assertNull(IamRole.parse("arn:aws:iam::12345678901:role/name"));
    assertNull(IamRole.parse("arn:aws:iam::123456789012:role/"));
  }

  @Test
  void labelSetsEqualTheMapsTheyAreMadeOf() {
    Map<String, String> labels = Map.of("b", "2", "a", "1", "c", "");
    assertEquals(labels, LabelSet.of(labels));
    assertEquals(labels.hashCode(), LabelSet.of(labels).hashCode());
    assertEquals("", LabelSet.of(labels).get("c"));
  }
}
