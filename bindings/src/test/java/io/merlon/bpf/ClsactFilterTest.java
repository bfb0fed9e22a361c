package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.netlink.Qdisc;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Filters at the clsact qdisc of a real interface. */
@ExtendWith(LeakCheck.class)
class ClsactFilterTest {
  private static long seen(BpfObject object, int program) {
    return object.map("seen", Codec.u32(), Codec.u64()).get(program).orElseThrow();
  }

  @Test
  void attachesReplacesAndDetaches() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      int index = device.index();
      ClsactFilter filter = new ClsactFilter(index, Direction.EGRESS, 7, 0x4d);
      assertEquals(OptionalInt.empty(), filter.programId());
      assertTrue(ClsactFilter.createQdisc(index));
      assertFalse(ClsactFilter.createQdisc(index));
      assertEquals(OptionalInt.empty(), filter.programId());

      filter.attachNew(object.program("hook_first"));
      device.send();
      assertTrue(seen(object, 0) > 0);
      assertEquals(OptionalInt.of(object.program("hook_first").id()), filter.programId());
      assertEquals(Optional.of("hook_first"), filter.programName());

      filter.attach(object.program("hook_second"));
      long first = seen(object, 0);
      device.send();
      assertEquals(first, seen(object, 0));
      assertTrue(seen(object, 1) > 0);

      assertTrue(filter.detach());
      assertFalse(filter.detach());
      assertEquals(OptionalInt.empty(), filter.programId());
      assertEquals(Optional.empty(), filter.programName());
      assertTrue(ClsactFilter.removeQdisc(index));
      assertFalse(ClsactFilter.removeQdisc(index));
    }
  }

  @Test
  void aSecondFilterInTheSamePlaceIsRefused() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      ClsactFilter.createQdisc(device.index());
      ClsactFilter filter = new ClsactFilter(device.index(), Direction.INGRESS, 1, 1);
      filter.attachNew(object.program("hook_first"));
      BpfException failure =
          assertThrows(BpfException.class, () -> filter.attachNew(object.program("hook_second")));
      assertEquals(Errno.EEXIST, failure.errno());
      assertEquals(OptionalInt.of(object.program("hook_first").id()), filter.programId());
    }
  }

  @Test
  void anIngressQdiscTakesNoFilterForTheOtherDirection() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      int index = device.index();
      ClsactFilter egress = new ClsactFilter(index, Direction.EGRESS, 1, 1);
      ClsactFilter ingress = new ClsactFilter(index, Direction.INGRESS, 1, 1);
      assertFalse(Qdisc.isClsact(index));
      Command.run("tc", "qdisc", "add", "dev", device.name(), "ingress");
      assertFalse(ClsactFilter.createQdisc(index));
      assertFalse(Qdisc.isClsact(index));
      BpfException failure =
          assertThrows(BpfException.class, () -> egress.attach(object.program("hook_first")));
      assertTrue(
          failure.getMessage().endsWith("the interface has no clsact qdisc"), failure.getMessage());

      ingress.attach(object.program("hook_second"));
      assertEquals(OptionalInt.empty(), egress.programId());
      assertFalse(egress.detach());
      assertEquals(OptionalInt.of(object.program("hook_second").id()), ingress.programId());
      Command.run("tc", "qdisc", "delete", "dev", device.name(), "ingress");
      assertTrue(ClsactFilter.createQdisc(index));
      assertTrue(Qdisc.isClsact(index));
      egress.attach(object.program("hook_first"));
    }
  }

  @Test
  void anAbsentInterfaceIsNamed() {
    BpfException failure =
        assertThrows(BpfException.class, () -> ClsactFilter.createQdisc(Integer.MAX_VALUE));
    assertEquals(Errno.ENODEV, failure.errno());
    assertTrue(failure.getMessage().contains("clsact of interface 2147483647"));
  }

  @Test
  void placesOutsideTheRangeAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new ClsactFilter(1, Direction.INGRESS, 0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ClsactFilter(1, Direction.INGRESS, 1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new ClsactFilter(1, Direction.INGRESS, 65536, 1));
  }
}
