package io.merlon.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Links to real interfaces, which real packets pass. */
@ExtendWith(LeakCheck.class)
class TcxLinkTest {
  private static long seen(BpfObject object, int program) {
    return object.map("seen", Codec.u32(), Codec.u64()).get(program).orElseThrow();
  }

  /** Whether a packet that leaves the interface meets the program. */
  private static boolean runs(BpfObject object, int program, TestInterface device) {
    long before = seen(object, program);
    device.send();
    return seen(object, program) > before;
  }

  @Test
  void attachesAndEndsWithItsDescriptor() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      BpfProgram first = object.program("hook_first");
      assertFalse(runs(object, 0, device));
      try (TcxLink link = TcxLink.attach(first, device.index(), Direction.EGRESS)) {
        assertTrue(runs(object, 0, device));
        LinkInfo info = link.info();
        assertTrue(info.at(device.index(), Direction.EGRESS));
        assertFalse(info.at(device.index(), Direction.INGRESS));
        assertEquals(first.id(), info.programId());
        assertTrue(Inventory.tcxLinks().contains(info));
      }
      assertFalse(runs(object, 0, device));
    }
  }

  @Test
  void updatesInOneStep() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load();
        TcxLink link =
            TcxLink.attach(object.program("hook_first"), device.index(), Direction.EGRESS)) {
      link.update(object.program("hook_second"));
      assertFalse(runs(object, 0, device));
      assertTrue(runs(object, 1, device));

      BpfException failure =
          assertThrows(
              BpfException.class,
              () -> link.update(object.program("hook_first"), object.program("hook_first")));
      assertEquals(Errno.EPERM, failure.errno());
      assertTrue(
          failure
              .subject()
              .endsWith(
                  "has program id %d, not %d"
                      .formatted(
                          object.program("hook_second").id(), object.program("hook_first").id())),
          failure.getMessage());
      link.update(object.program("hook_first"), object.program("hook_second"));
      assertEquals(object.program("hook_first").id(), link.info().programId());
    }
  }

  @Test
  void aPinnedLinkOutlivesTheProcessesDescriptor() {
    try (TestBpffs bpffs = new TestBpffs();
        TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      Path path = bpffs.path("link");
      try (TcxLink link =
          TcxLink.attach(object.program("hook_first"), device.index(), Direction.EGRESS)) {
        link.pin(path);
        BpfException again = assertThrows(BpfException.class, () -> link.pin(path));
        assertEquals(Errno.EEXIST, again.errno());
      }
      assertTrue(runs(object, 0, device));

      try (TcxLink adopted = TcxLink.openPinned(path)) {
        adopted.update(object.program("hook_second"));
        assertTrue(runs(object, 1, device));
        adopted.detach();
        assertFalse(runs(object, 1, device));
        assertEquals(0, adopted.info().ifindex());
      }
      assertTrue(Files.exists(path));
      assertTrue(Pins.unpin(path));
      assertFalse(Pins.unpin(path));
    }
  }

  @Test
  void programsRunInTheOrderOfTheirPlaces() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      BpfProgram first = object.program("hook_first");
      BpfProgram second = object.program("hook_second");
      int index = device.index();
      try (TcxLink a = TcxLink.attach(first, index, Direction.INGRESS);
          TcxLink b = TcxLink.attach(second, index, Direction.INGRESS, TcxLink.Place.FIRST)) {
        assertEquals(
            List.of(b.info().programId(), a.info().programId()),
            TcxLink.programIds(index, Direction.INGRESS));
        assertEquals(List.of(), TcxLink.programIds(index, Direction.EGRESS));
      }
    }
  }

  @Test
  void aLinkOutlivesItsInterfaceAttachedToNothing() {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load();
        TcxLink link =
            TcxLink.attach(object.program("hook_first"), device.index(), Direction.EGRESS)) {
      device.delete();
      assertEquals(0, link.info().ifindex());
      BpfException failure =
          assertThrows(BpfException.class, () -> link.update(object.program("hook_second")));
      assertEquals(Errno.ENOLINK, failure.errno());
    }
  }

  @Test
  void anAbsentInterfaceIsNamed() {
    try (BpfObject object = TestObjects.spec("hook").load()) {
      BpfException failure =
          assertThrows(
              BpfException.class,
              () ->
                  TcxLink.attach(object.program("hook_first"), Integer.MAX_VALUE, Direction.INGRESS)
                      .close());
      assertEquals(Errno.ENODEV, failure.errno());
      assertEquals("program hook_first at interface 2147483647", failure.subject());
    }
    BpfException failure =
        assertThrows(BpfException.class, () -> Interfaces.index("no-such-device"));
    assertEquals(Errno.ENODEV, failure.errno());
  }

  @Test
  void listingGoesOnWhileLinksComeAndGo() throws Exception {
    try (TestInterface device = new TestInterface();
        BpfObject object = TestObjects.spec("hook").load()) {
      int index = device.index();
      CompletableFuture<Void> churn =
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 30; i++) {
              try (TcxLink link =
                  TcxLink.attach(object.program("hook_first"), index, Direction.EGRESS)) {
                // The listing may hold the link a moment longer than its owner does.
                link.detach();
              }
            }
          });
      while (!churn.isDone()) {
        assertTrue(Inventory.tcxLinks().stream().allMatch(LinkInfo::isTcx));
      }
      churn.get();
    }
  }
}
