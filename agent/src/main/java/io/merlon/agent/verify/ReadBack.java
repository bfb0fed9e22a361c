package io.merlon.agent.verify;

import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.identity.PodRef;
import io.merlon.agent.plan.Endpoint;
import io.merlon.agent.plan.ObservedState;
import io.merlon.agent.program.HostInterface;
import io.merlon.agent.program.KernelContent;
import io.merlon.agent.program.KernelContent.Guarded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In what the maps differ from what their owner takes them to hold; every entry is compared. The
 * epoch is not: its owner moves it besides what plans say, to have flows judged again.
 */
public final class ReadBack {
  private static final int MOST = 100;

  private final List<String> found = new ArrayList<>();

  private ReadBack() {}

  /**
   * The first differences, one line each.
   *
   * @param bound the interfaces at which pods are to be enforced: what is gone from the kernel
   *     altogether is missed nowhere else
   */
  public static List<String> compare(
      ObservedState wanted, Map<HostInterface, PodRef> bound, KernelContent kernel) {
    ReadBack comparison = new ReadBack();
    comparison.maps("address", wanted.addresses().exact(), kernel.addresses().exact());
    comparison.maps("prefix", wanted.addresses().prefixes(), kernel.addresses().prefixes());
    comparison.maps("service", wanted.services(), kernel.services());
    comparison.tables(wanted, kernel);
    comparison.endpoints(wanted, bound, kernel.interfaces());
    return comparison.found;
  }

  private <K, V> void maps(String what, PersistentMap<K, V> wanted, PersistentMap<K, V> held) {
    wanted.changes(held, (key, should, is) -> add(what + " " + key, should, is));
  }

  private void tables(ObservedState wanted, KernelContent kernel) {
    Set<Integer> subjects = new HashSet<>(wanted.subjects().keySet());
    subjects.addAll(kernel.tables().keySet());
    for (Integer subject : subjects) {
      VerdictTable should = wanted.tableOf(subject);
      VerdictTable is = kernel.tables().get(subject);
      if (!Objects.equals(should, is)) {
        add(
            "verdicts of subject " + subject,
            should == null ? null : "a table",
            is == null ? null : should == null ? "a table" : "another table");
      }
    }
  }

  private void endpoints(
      ObservedState wanted, Map<HostInterface, PodRef> bound, Map<HostInterface, Guarded> held) {
    Map<Integer, Guarded> byNumber = new HashMap<>();
    held.forEach((at, guarded) -> byNumber.put(at.ifindex(), guarded));
    bound.forEach((at, pod) -> endpoint(wanted, at, pod, byNumber.remove(at.ifindex())));
    held.forEach((at, guarded) -> {
      if (byNumber.containsKey(at.ifindex())) {
        endpoint(wanted, at, guarded.pod(), guarded);
      }
    });
  }

  private void endpoint(
      ObservedState wanted, HostInterface at, @Nullable PodRef pod, @Nullable Guarded held) {
    PodRef owner = held == null ? null : held.pod();
    if (!Objects.equals(pod, owner)) {
      add("the pod at " + at, pod, owner);
    }
    Endpoint should = pod == null ? null : wanted.endpoints().get(pod);
    Endpoint is = held == null ? null : held.endpoint();
    if (!isSame(should, is)) {
      add("endpoint of " + pod + " at " + at, should, is);
    }
  }

  private static boolean isSame(@Nullable Endpoint should, @Nullable Endpoint is) {
    if (should == null || is == null) {
      return should == null && is == null;
    }
    return should.subject() == is.subject()
        && should.mode() == is.mode()
        && should.end() == is.end()
        && Set.copyOf(should.addresses()).equals(Set.copyOf(is.addresses()));
  }

  private void add(String what, @Nullable Object should, @Nullable Object is) {
    if (found.size() < MOST) {
      found.add(what + " should be " + text(should) + " and is " + text(is));
    }
  }

  private static String text(@Nullable Object value) {
    return value == null ? "absent" : value.toString();
  }
}
