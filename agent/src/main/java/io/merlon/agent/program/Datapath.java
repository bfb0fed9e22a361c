package io.merlon.agent.program;

import io.merlon.agent.identity.PodRef;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.plan.Capacities;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.plan.Plan;
import io.merlon.agent.plan.PlanStep;
import java.util.Map;
import java.util.Set;

/**
 * The kernel's side of enforcement, for the one thread that owns it. Whatever fails throws {@link
 * io.merlon.bpf.BpfException} and leaves what is enforced as it was before that one step.
 *
 * <p>Endpoints are put by pod. A pod's endpoint reaches the kernel as soon as an interface is known
 * to be the pod's; until then it waits here, armed.
 */
public interface Datapath extends AutoCloseable {
  /** What was found at the start. */
  Adoption adoption();

  /** What the kernel holds, armed endpoints included. */
  ObservedState observed();

  /** What the kernel can hold. */
  Capacities capacities();

  /** Executes one step. */
  void apply(PlanStep step);

  /**
   * Executes a plan made from {@link #observed}. If a step fails, those before it are done, and
   * {@link #observed} says so.
   */
  void apply(Plan plan);

  /**
   * Says whose interface it is: the pod's endpoint is written there if it is armed, then programs
   * are attached, if they are not yet. Doing it twice changes nothing.
   */
  void bind(HostInterface at, PodRef pod);

  /** Attaches programs to a pod's interface while the pod is not known yet. */
  void guard(HostInterface at);

  /** Attaches the program that judges, at an uplink, what services left open. */
  void guardUplink(HostInterface at);

  /** Forgets an interface: one that vanished, or is no longer to be enforced. */
  void release(int ifindex);

  /**
   * Says which interfaces, existing or not, are held until our programs are there: nothing is
   * forwarded from or to them. Those named before and not now are held no longer.
   */
  void hold(Set<String> names);

  /** What is held, and what was dropped for it. */
  Holding holding();

  /** The interfaces where programs of ours are, whichever process attached them. */
  Set<HostInterface> guarded();

  /** Whose interfaces are, as was said last, perhaps to an earlier process. */
  Map<HostInterface, PodRef> owners();

  /**
   * After {@link Adoption.Beside}, once a plan has filled the new maps: carries the flows over,
   * puts the new programs in the old ones' place and removes the old maps. Else it does nothing.
   */
  void takeOver();

  /**
   * Removes what is left of interfaces that nobody bound or guarded since the start. Not before all
   * interfaces and all pods are known.
   */
  void sweep();

  /** Looks whether all is as we left it, and repairs what is not. Meant for every few seconds. */
  Inspection check();

  /** Says under which names things are counted; to be called before anything is applied. */
  void countAs(CounterNames names);

  /** The subjects the kernel has, and whom it counts their packets for. */
  Map<Integer, WorkloadRef> countedFor();

  /** All that was counted, by this process or one before it. */
  Tally counters();

  /** What a slot counts, as events and flows name it. Any thread may ask. */
  SlotMeaning meaning(int slot);

  /** The typed maps, for those who read flows, events and statistics. Borrowed. */
  io.merlon.datapath.Datapath kernel();

  /**
   * Removes everything of ours from the kernel and nothing else; only closing remains to be done.
   */
  void detachEverything();

  /** Gives up this process's hold; enforcement goes on. */
  @Override
  void close();
}
