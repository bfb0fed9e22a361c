package io.merlon.agent.lab;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PreflightTest {
  @Test
  void refusesKernelsBefore510() {
    LabException old =
        assertThrows(LabException.class, () -> Preflight.kernel("5.4.0-150-generic"));
    assertEquals("kernel 5.4.0-150-generic is too old: boot Linux 5.10 or newer", old.getMessage());
    assertThrows(LabException.class, () -> Preflight.kernel("4.19.0"));
  }

  @Test
  void takesKernelsFrom510On() {
    assertDoesNotThrow(() -> Preflight.kernel("5.10.0-28-amd64"));
    assertDoesNotThrow(() -> Preflight.kernel("6.1.0"));
    assertDoesNotThrow(() -> Preflight.kernel("10.0"));
  }

  @Test
  void refusesAProcessThatMayNotAdministerTheNetwork() {
    assertThrows(LabException.class, () -> Preflight.privileges("0000000000000000"));
    assertThrows(LabException.class, () -> Preflight.privileges("0000000000001000"));
    assertDoesNotThrow(() -> Preflight.privileges("000001ffffffffff"));
  }
}
