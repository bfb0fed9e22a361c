package io.merlon.agent.program;

import io.merlon.agent.interfaces.OwnNamespace;
import io.merlon.bpf.TcxLink;
import io.merlon.datapath.Hook;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which programs are at a hook: asked of the kernel, by tc(8) for filters. */
final class ProgramsAt {
  private static final Pattern ID = Pattern.compile(" id (\\d+) ");

  private ProgramsAt() {}

  static List<Integer> of(int ifindex, Hook hook, DatapathSettings.HookKind kind) {
    List<Integer> ids = new ArrayList<>();
    if (kind != DatapathSettings.HookKind.CLSACT) {
      ids.addAll(TcxLink.programIds(ifindex, HookPlace.direction(hook)));
    }
    if (kind != DatapathSettings.HookKind.TCX) {
      ids.addAll(filters(ifindex, hook == Hook.FROM_POD ? "ingress" : "egress"));
    }
    return ids;
  }

  private static List<Integer> filters(int ifindex, String hook) {
    String device =
        OwnNamespace.execute(List.of("ip", "-o", "link"), "")
            .lines()
            .filter(line -> line.startsWith(ifindex + ": "))
            .map(line -> line.split("[: @]+", -1)[1])
            .findFirst()
            .orElseThrow();
    String said = OwnNamespace.execute(List.of("tc", "filter", "show", "dev", device, hook), "");
    List<Integer> ids = new ArrayList<>();
    for (Matcher id = ID.matcher(said); id.find(); ) {
      ids.add(Integer.parseInt(id.group(1)));
    }
    return ids;
  }
}
