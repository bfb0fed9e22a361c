package io.merlon.agent.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks what only the loop's thread may look at. */
public final class Inquiry {
  private static final long PATIENCE_SECONDS = 5;

  private Inquiry() {}

  /**
   * The answer, which the loop gives when it comes round.
   *
   * @param question is answered on the loop's thread, and must be short
   */
  public static <T> CompletableFuture<T> of(CommandQueue queue, Function<Inside, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    queue.put(
        new AgentCommand.Look(inside -> {
          try {
            answer.complete(question.apply(inside));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        }));
    return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
