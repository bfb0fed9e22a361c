package io.merlon.agent.oracle;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** One named case; its body says what must hold of any engine. */
record Case(String name, Consumer<PolicyEngine> body) {
  /** Every case for every engine. */
  static Stream<DynamicTest> tests(List<Case> cases) {
    return Engines.all().stream()
        .flatMap(engine ->
            cases.stream()
                .map(c ->
                    DynamicTest.dynamicTest(
                        c.name + " [" + engine.name() + "]", () -> c.body.accept(engine))));
  }

  /** A case over the grid of namespaces and pods. */
  static Case onGrid(String name, Consumer<Scene> body) {
    return new Case(name, engine -> body.accept(Scene.grid(engine)));
  }
}
