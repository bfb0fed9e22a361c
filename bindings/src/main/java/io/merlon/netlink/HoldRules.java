package io.merlon.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a hold's chain as the kernel tells them: what they do, by which it is seen whether
 * somebody changed them, and what they have counted.
 *
 * @param rules the expressions of each, but for what counters hold
 * @param packets what each has counted
 */
record HoldRules(List<String> rules, List<Long> packets) {
  /** One for each direction. */
  private static final int RULES = 2;

  private static final int HEADER = 4; // struct nfgenmsg
  private static final int EXPRESSIONS = 4; // NFTA_RULE_EXPRESSIONS
  private static final int NAME = 1; // NFTA_EXPR_NAME
  private static final int DATA = 2; // NFTA_EXPR_DATA
  private static final int PACKETS = 2; // NFTA_COUNTER_PACKETS

  HoldRules {
    rules = List.copyOf(rules);
    packets = List.copyOf(packets);
  }

  /** Reads the answers to a question for all rules. */
  static HoldRules of(List<ByteBuffer> bodies) {
    List<String> rules = new ArrayList<>();
    List<Long> packets = new ArrayList<>();
    for (ByteBuffer body : bodies) {
      ByteBuffer expressions = Attributes.of(body, HEADER).get(EXPRESSIONS);
      if (expressions != null) {
        rule(expressions, rules, packets);
      }
    }
    return new HoldRules(rules, packets);
  }

  private static void rule(ByteBuffer expressions, List<String> rules, List<Long> packets) {
    StringBuilder rule = new StringBuilder();
    long counted = 0;
    for (ByteBuffer expression : Attributes.list(expressions)) {
      Attributes attributes = Attributes.of(expression, 0);
      String name = text(attributes.get(NAME));
      ByteBuffer data = attributes.get(DATA);
      rule.append(name).append('(');
      if (data != null && name.equals("counter")) {
        ByteBuffer count = Attributes.of(data, 0).get(PACKETS);
        counted += count == null ? 0 : count.order(ByteOrder.BIG_ENDIAN).getLong(0);
      } else if (data != null) {
        rule.append(HexFormat.of().formatHex(bytes(data)));
      }
      rule.append(')');
    }
    rules.add(rule.toString());
    packets.add(counted);
  }

  private static String text(@Nullable ByteBuffer value) {
    return value == null
        ? ""
        : new String(bytes(value), StandardCharsets.US_ASCII).replace("\0", "");
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(buffer.position(), bytes);
    return bytes;
  }

  /** Whether they do the same. */
  boolean doAs(HoldRules others) {
    return rules.equals(others.rules);
  }

  /** What they dropped; nothing can be said of rules that are not all there. */
  InterfaceHold.Dropped dropped() {
    return packets.size() == RULES
        ? new InterfaceHold.Dropped(packets.get(0), packets.get(1))
        : InterfaceHold.Dropped.NOTHING;
  }
}
