package io.merlon.datapath;

import io.merlon.datapath.harness.Family;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A story that only the kernel can play, in both families: the model has no maps that fill. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("stages")
abstract class KernelStory extends PacketScene {

  static Stream<Arguments> stages() {
    return Stream.of(Family.values()).map(family -> Arguments.of(Stage.KERNEL, family));
  }
}
