package io.merlon.agent.plan;

import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.KernelLookups.Treatment;
import io.merlon.agent.policy.Direction;
import io.merlon.agent.policy.Protocol;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One connection that could be, and what is known about it so far. */
final class Question {
  private final PodRef pod;
  private final Address peer;
  private final Port port;
  private final Direction direction;
  private @Nullable Treatment before;
  private @Nullable Treatment after;
  private boolean exempt;
  private boolean passes;
  private long passedUntil = -1;

  record Port(Protocol protocol, int number) {}

  Question(PodRef pod, Address peer, Port port, Direction direction) {
    this.pod = pod;
    this.peer = peer;
    this.port = port;
    this.direction = direction;
  }

  private @Nullable Treatment ask(KernelLookups kernel) {
    return kernel.treatment(pod, direction, peer, port.protocol(), port.number());
  }

  /** Notes a state that is there, and what is in it now. */
  private void note(@Nullable Treatment now, long epoch) {
    boolean passesNow = now != null && now.passes();
    if (passes && !passesNow) {
      passedUntil = epoch;
    }
    passes = passesNow;
  }

  void begin(KernelLookups kernel) {
    note(ask(kernel), kernel.state().epoch());
  }

  /** Says between which states the answer may change from now on. */
  void expect(KernelLookups from, KernelLookups to) {
    before = ask(from);
    after = ask(to);
    exempt = isOwn(from.state()) != isOwn(to.state());
  }

  private boolean isOwn(ObservedState state) {
    Endpoint endpoint = state.endpoints().get(pod);
    return endpoint != null && endpoint.addresses().contains(peer);
  }

  void check(KernelLookups kernel) {
    Treatment now = ask(kernel);
    note(now, kernel.state().epoch());
    if (!exempt && !isOldOrNew(now)) {
      throw new AssertionError(this + " is " + now + ", neither " + before + " nor " + after);
    }
  }

  /** A change of mode may come at another time than that of a table. */
  private boolean isOldOrNew(@Nullable Treatment now) {
    if (Objects.equals(now, before) || Objects.equals(now, after)) {
      return true;
    }
    return now != null
        && before != null
        && after != null
        && (now.decision().equals(before.decision()) || now.decision().equals(after.decision()))
        && (now.passes() == before.passes() || now.passes() == after.passes());
  }

  /** A flow that passed once is judged again if it is not to pass any more (semantics NP-21). */
  void checkCut(ObservedState last) {
    if (!passes && passedUntil >= last.epoch()) {
      throw new AssertionError(
          this + " passed until epoch " + passedUntil + ", and now is " + last.epoch());
    }
  }

  @Override
  public String toString() {
    return direction + " of " + pod + ", peer " + peer + ", " + port;
  }
}
