package io.merlon.agent.program;

import java.util.List;

/**
 * What a look at everything of ours found.
 *
 * @param repairs what was wrong and is right again
 * @param damages what is wrong still
 */
public record Inspection(List<Repair> repairs, List<Damage> damages) {
  public static final Inspection CLEAN = new Inspection(List.of(), List.of());

  /**
   * Something that should be in the kernel and could not be put there.
   *
   * @param ifindex of the interface it belongs to, 0 if it belongs to none
   * @param text what, and why, in one line
   */
  public record Damage(int ifindex, String text) {}

  public Inspection {
    repairs = List.copyOf(repairs);
    damages = List.copyOf(damages);
  }
}
