package io.merlon.agent.loop;

import io.merlon.agent.compile.LocalPod;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.identity.Address;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.interfaces.Link;
import io.merlon.agent.program.Datapath;
import io.merlon.agent.program.HostInterface;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has our programs at the interfaces where the loop's state wants them. */
final class Attacher {
  private static final Logger LOG = LoggerFactory.getLogger(Attacher.class);

  private final Datapath datapath;
  private final LoopSettings settings;

  /** Where an earlier process's programs go on. */
  private final Set<HostInterface> adopted;

  /** What an earlier process knew; it goes when its interface does, known or not. */
  private final Set<Integer> left;

  private final Map<Integer, HookUse> hooks = new TreeMap<>();
  private final Map<Integer, HostInterface> names = new TreeMap<>();
  private final Map<Integer, String> uids = new TreeMap<>();
  private final Set<Integer> vanished = new HashSet<>();
  private final Set<String> failing = new HashSet<>();
  private long attached;
  private long failed;

  Attacher(Datapath datapath, LoopSettings settings) {
    this.datapath = datapath;
    this.settings = settings;
    this.adopted = new HashSet<>(datapath.guarded());
    this.left = new HashSet<>();
    adopted.forEach(at -> left.add(at.ifindex()));
    datapath.owners().keySet().forEach(at -> left.add(at.ifindex()));
  }

  /** An interface is gone, though another one may have its number already. */
  void vanished(int ifindex) {
    vanished.add(ifindex);
  }

  void attach(LoopState state, Failures failures) {
    PersistentMap<Integer, Link> links = state.links().links();
    Set<Integer> ours = new TreeSet<>(hooks.keySet());
    ours.addAll(left);
    for (Integer ifindex : ours) {
      // What an earlier process left may be there without having been told yet.
      boolean told = hooks.containsKey(ifindex) || state.links().synced();
      if (vanished.contains(ifindex) || (told && !links.containsKey(ifindex))) {
        release(ifindex, failures);
      }
    }
    vanished.clear();
    failing.clear();
    HookUse.wanted(state, datapath.observed(), settings)
        .forEach((ifindex, use) -> {
          Link link = links.get(ifindex);
          if (link != null && !use.equals(hooks.get(ifindex))) {
            HostInterface at = new HostInterface(ifindex, link.name());
            if (state.isKnown() || !goesOnAsItWas(at, use)) {
              if (attach(at, use, failures)) {
                uids.put(ifindex, uid(state, use));
              }
            }
          }
        });
    recognize(state);
  }

  /**
   * An interface may come before the cluster tells whose it is: then it is held to be the former
   * pod's of that name. It is the next one's if that one's addresses lead there, and no others: the
   * CNI set up those routes for it, and the cluster tells its addresses only afterwards.
   */
  private void recognize(LoopState state) {
    hooks.forEach((ifindex, use) -> {
      LocalPod pod = pod(state, use);
      Set<Address> routes = state.links().routes().getOrDefault(ifindex, Set.of());
      if (pod != null && !routes.isEmpty() && pod.addresses().containsAll(routes)) {
        uids.put(ifindex, pod.uid());
      }
    });
  }

  private static String uid(LoopState state, HookUse use) {
    LocalPod pod = pod(state, use);
    return pod == null ? "" : pod.uid();
  }

  private static @Nullable LocalPod pod(LoopState state, HookUse use) {
    return use instanceof HookUse.OfPod(var ref) ? state.policy().pods().get(ref) : null;
  }

  /** What an earlier process enforced at a pod's interface is not to end because we know less. */
  private boolean goesOnAsItWas(HostInterface at, HookUse use) {
    return use instanceof HookUse.OfUnknown && adopted.contains(at);
  }

  private boolean attach(HostInterface at, HookUse use, Failures failures) {
    if (failures.survive(() -> put(at, use))) {
      hooks.put(at.ifindex(), use);
      names.put(at.ifindex(), at);
      attached++;
      LOG.atDebug().addKeyValue("interface", at).addKeyValue("use", use).log("attached");
      return true;
    }
    failed++;
    failing.add(at.name());
    return false;
  }

  private void put(HostInterface at, HookUse use) {
    switch (use) {
      case HookUse.OfPod(var pod) -> datapath.bind(at, pod);
      case HookUse.OfUnknown() -> datapath.guard(at);
      case HookUse.OfUplink() -> datapath.guardUplink(at);
    }
  }

  private void release(int ifindex, Failures failures) {
    if (failures.survive(() -> datapath.release(ifindex))) {
      hooks.remove(ifindex);
      names.remove(ifindex);
      uids.remove(ifindex);
      left.remove(ifindex);
      adopted.removeIf(at -> at.ifindex() == ifindex);
    } else {
      failed++;
    }
  }

  /** How often programs were put somewhere, or put to another use. */
  long attached() {
    return attached;
  }

  /** How often that, or the reverse, failed. */
  long failures() {
    return failed;
  }

  /** Whether there was something to attach to, and nothing took a program. */
  boolean isNowhere() {
    return hooks.isEmpty() && !failing.isEmpty();
  }

  /** The interfaces to which nothing could be attached when it was tried last. */
  Set<String> failing() {
    return Set.copyOf(failing);
  }

  /**
   * A pod at whose interface its policies are enforced.
   *
   * @param uid of the pod that was meant when its interface came, or whose addresses have led there
   *     since: another one may have the name by now
   */
  record Bound(PodRef pod, String uid) {}

  /** The pods' interfaces. */
  Map<HostInterface, Bound> bound() {
    Map<HostInterface, Bound> byInterface = new HashMap<>();
    hooks.forEach((ifindex, use) -> {
      if (use instanceof HookUse.OfPod(var pod)) {
        byInterface.put(names.get(ifindex), new Bound(pod, uids.getOrDefault(ifindex, "")));
      }
    });
    return byInterface;
  }

  /** What is done at each interface where something is. */
  Map<HostInterface, HookUse> hooks() {
    Map<HostInterface, HookUse> byInterface = new HashMap<>();
    hooks.forEach((ifindex, use) -> byInterface.put(names.get(ifindex), use));
    return Map.copyOf(byInterface);
  }
}
