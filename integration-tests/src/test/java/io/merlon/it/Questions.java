package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

/** What a scenario asks the network, and what was answered otherwise than the policies say. */
final class Questions {
  private final List<String> wrong = new ArrayList<>();
  private int asked;

  void ask(boolean open, Caller from, String address, int port, String what) {
    asked++;
    if (from.connects(address, port) != open) {
      wrong.add(what + " " + address + (open ? ": closed" : ": open"));
    }
  }

  void tell(Evidence evidence) {
    evidence.is(
        "questions put to the network, answered otherwise than the policies say",
        asked + ", " + wrong.size() + " " + wrong,
        "0");
    assertEquals(List.of(), wrong);
  }
}
