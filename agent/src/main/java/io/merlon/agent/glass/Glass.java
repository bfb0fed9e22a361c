package io.merlon.agent.glass;

import io.merlon.agent.api.Annotations;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.compile.PersistentMap;
import io.merlon.agent.identity.PodRef;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows where the glass is broken, and says so loudly. It belongs to the loop. */
public final class Glass {
  private static final Logger LOG = LoggerFactory.getLogger(Glass.class);

  /** How soon a break, and its end, is noticed. */
  public static final Duration LOOK = Duration.ofSeconds(1);

  private final GlassFolder folder;
  private final InstantSource clock;
  private PersistentMap<ClusterEvent.Key, Break> annotated = PersistentMap.empty();
  private final Boot boot;
  private Breaks current = Breaks.NONE;

  public Glass(GlassFolder folder, InstantSource clock) {
    this(folder, clock, Boot::uptime);
  }

  /**
   * By clocks of its own.
   *
   * @param uptime for how long the node has been up
   */
  public Glass(GlassFolder folder, InstantSource clock, Supplier<Duration> uptime) {
    this.folder = folder;
    this.clock = clock;
    this.boot = new Boot(uptime);
  }

  /** Broken by annotations alone. */
  public static Glass ofAnnotations() {
    return new Glass(GlassFolder.NONE, InstantSource.system());
  }

  /** Learns of annotations. */
  public void learn(List<ClusterEvent> changes) {
    for (ClusterEvent change : changes) {
      switch (change) {
        case ClusterEvent.PutNamespace(var put) ->
            annotation(change.key(), new Scope.Namespace(put.name()), put.annotations());
        case ClusterEvent.PutPod(var put) ->
            annotation(
                change.key(),
                new Scope.Pod(new PodRef(put.namespace(), put.name())),
                put.annotations());
        case ClusterEvent.Gone(var key) -> annotated = annotated.without(key);
        default -> {}
      }
    }
  }

  private void annotation(ClusterEvent.Key key, Scope scope, Map<String, String> annotations) {
    String value = annotations.get(Annotations.BREAK_GLASS);
    annotated = annotated.without(key);
    if (value == null) {
      return;
    }
    try {
      String setter = annotations.getOrDefault(Annotations.BREAK_GLASS_SET_BY, "");
      annotated = annotated.with(key, Break.annotated(scope, value, setter, clock.instant()));
    } catch (IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("scope", scope)
          .addKeyValue("reason", e.getMessage())
          .log("the glass stays whole");
    }
  }

  /** Looks anew; whether anything changed. */
  public boolean look() {
    Instant now = clock.instant();
    List<Break> all = new ArrayList<>(folder.read(now));
    annotated.values().forEach(all::add);
    Breaks before = current;
    current = all.isEmpty() ? Breaks.NONE : Breaks.of(all, now, boot.at(now));
    tell(before);
    return !before.equals(current);
  }

  private void tell(Breaks before) {
    for (Break broken : current.all()) {
      if (!before.all().contains(broken)) {
        LOG.atWarn()
            .addKeyValue("scope", broken.scope())
            .addKeyValue("until", broken.until())
            .addKeyValue("by", broken.by())
            .addKeyValue("reason", broken.reason())
            .log("the glass is broken: denials are reported and not carried out");
      }
    }
    for (Break past : before.all()) {
      if (current.all().stream().noneMatch(it -> it.scope().equals(past.scope()))) {
        LOG.atWarn().addKeyValue("scope", past.scope()).log("the glass is whole again");
      }
    }
  }

  /** After how many nanoseconds it may look different: soon, unless nobody can have broken it. */
  public long due() {
    return folder.equals(GlassFolder.NONE) && annotated.isEmpty() ? Long.MAX_VALUE : LOOK.toNanos();
  }

  public Breaks current() {
    return current;
  }
}
