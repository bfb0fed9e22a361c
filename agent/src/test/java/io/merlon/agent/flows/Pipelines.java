package io.merlon.agent.flows;

import io.merlon.agent.compile.CompileOptions;
import io.merlon.agent.compile.IncrementalCompiler;
import io.merlon.agent.glass.Breaks;
import io.merlon.agent.observe.NameBook;
import io.merlon.agent.program.SlotMeaning;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Pipelines of a node that knows nobody. */
final class Pipelines {
  private Pipelines() {}

  static FlowPipeline to(List<FlowSink> sinks) {
    IncrementalCompiler compiler = new IncrementalCompiler(CompileOptions.forNode("n1"));
    NameBook book = new NameBook(compiler, System::nanoTime);
    return to(sinks, compiler, book);
  }

  /** The same of one that knows some. */
  static FlowPipeline to(List<FlowSink> sinks, IncrementalCompiler compiler, NameBook book) {
    return new FlowPipeline(
        new FlowPipeline.Sources(
            question -> CompletableFuture.completedFuture(question.apply(book)),
            () -> new FlowPipeline.Known(compiler.current(), Breaks.NONE),
            _ -> new SlotMeaning.Unknown()),
        sinks,
        1,
        100,
        InstantSource.system());
  }
}
