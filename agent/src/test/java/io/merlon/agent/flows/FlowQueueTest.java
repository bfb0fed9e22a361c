package io.merlon.agent.flows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.merlon.agent.flows.FlowWindow.Group;
import io.merlon.datapath.Event;
import io.merlon.datapath.Mode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who waits for a name. */
class FlowQueueTest {
  private final FlowQueue queue = new FlowQueue();

  private static List<Group> some(int count, Ending ending) {
    return IntStream.range(0, count).mapToObj(i -> group(i, ending)).toList();
  }

  private static Group group(int peer, Ending ending) {
    Event.Kind kind = ending == Ending.NONE ? Event.Kind.DENIED : Event.Kind.ALLOWED;
    Group group = new Group(Event.CODEC.decode(SampleEvent.of(peer, kind, Mode.ENFORCE)), 0);
    group.packets = 5;
    group.ending = ending;
    return group;
  }

  /** A scan's ends come by thousands at once, and a denial in the middle of them. */
  @Test
  void endsTakeNoRoomFromDenialsAndWaitForThem() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      queue.addEnds(some(100, Ending.OVER));
    }
    assertEquals(600, queue.dropped());
    List<Group> denials = some(3, Ending.NONE);
    queue.addWindow(denials);
    assertSame(denials, queue.take().orElseThrow());
    for (int i = 0; i < 4; i++) {
      assertEquals(100, queue.take().orElseThrow().size());
    }
    assertEquals(600, queue.dropped());
  }

  @Test
  void whatThereIsNoRoomForIsCounted() {
    for (int i = 0; i < 5; i++) {
      queue.addWindow(some(3, Ending.NONE));
    }
    assertEquals(3 * 5, queue.dropped());
  }
}
