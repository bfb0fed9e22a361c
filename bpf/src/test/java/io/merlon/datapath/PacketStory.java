package io.merlon.datapath;

import io.merlon.datapath.harness.Family;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each test is one story in a packet's life, played on every stage and in both families. */
@ParameterizedClass(name = "{0} {1}")
@MethodSource("stages")
abstract class PacketStory extends PacketScene {

  static Stream<Arguments> stages() {
    return stages(Family.values());
  }
}
