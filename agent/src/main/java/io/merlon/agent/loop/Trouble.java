package io.merlon.agent.loop;

import io.merlon.agent.plan.MapPressure;
import java.util.List;

/** Why the kernel does not enforce what was told last; what it enforced before stays. */
public sealed interface Trouble {
  /** In one line, lower case. */
  String text();

  /** It does not fit: nothing helps but less to enforce, or larger maps. */
  record TooMuch(List<MapPressure> refusals) implements Trouble {
    public TooMuch {
      refusals = List.copyOf(refusals);
    }

    @Override
    public String text() {
      StringBuilder text = new StringBuilder("does not fit into the kernel's maps:");
      for (MapPressure refusal : refusals) {
        text.append(' ').append(refusal.map()).append(" needs ").append(refusal.needed());
        text.append(" of ").append(refusal.capacity());
      }
      return text.toString();
    }
  }

  /** The kernel refused something; it is tried again. */
  record Failed(String reason, int attempts) implements Trouble {
    @Override
    public String text() {
      return "failed " + attempts + " times: " + reason;
    }
  }
}
