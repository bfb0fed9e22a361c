package io.merlon.agent.compile;

import io.merlon.agent.api.Annotations;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a denial does to a pod's packets. */
public enum Mode {
  /** Nothing is denied; connections are seen. */
  OBSERVE,
  /** Nothing is denied; what would be is reported. */
  AUDIT,
  ENFORCE;

  /** The annotation on a pod or a namespace that asks for a mode. */
  public static final String ANNOTATION = Annotations.MODE;

  private static final Map<String, Mode> BY_NAME =
      Map.of("observe", OBSERVE, "audit", AUDIT, "enforce", ENFORCE);

  /** The mode of that name, or null if there is none. */
  public static @Nullable Mode parse(String name) {
    return BY_NAME.get(name);
  }
}
