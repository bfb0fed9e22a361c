package io.merlon.agent.program;

import io.merlon.agent.compile.Decision;
import io.merlon.agent.compile.Row;
import io.merlon.agent.compile.VerdictTable;
import io.merlon.agent.policy.Protocol;
import io.merlon.agent.policy.Verdict;
import io.merlon.datapath.TableImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A verdict table read back from the kernel's words. Decisions are known by the cookies that were
 * written behind them.
 *
 * @param decisions by their places
 */
record DecodedTable(VerdictTable table, List<Decision> decisions) {
  DecodedTable {
    decisions = List.copyOf(decisions);
  }

  /** Gives a decision its reason back, if anybody still knows it. */
  @FunctionalInterface
  interface Meanings {
    Decision decision(Verdict verdict, long cookie);
  }

  /**
   * Decodes; what contradicts itself is an {@link IllegalArgumentException}.
   *
   * @param cookies by the decisions' places
   */
  static DecodedTable of(long[] words, long[] cookies, Meanings meanings) {
    return new Reading(cookies, meanings).read(TableImage.decode(words));
  }

  private static final class Reading {
    private final long[] cookies;
    private final Meanings meanings;
    private final Map<TableImage.Row, Row> rows = new HashMap<>();
    private final Map<Integer, Decision> decisions = new HashMap<>();

    Reading(long[] cookies, Meanings meanings) {
      this.cookies = cookies;
      this.meanings = meanings;
    }

    DecodedTable read(TableImage.Content content) {
      VerdictTable table = VerdictTable.of(rows(content.ingress()), rows(content.egress()));
      List<Decision> list = new ArrayList<>();
      for (int place = 0; place < cookies.length; place++) {
        // One that no interval names any more only keeps its place.
        Decision unused = Decision.unknown(Verdict.DENY, cookies[place]);
        list.add(decisions.getOrDefault(place, unused));
      }
      return new DecodedTable(table, list);
    }

    private Map<Integer, Row> rows(List<TableImage.Row> images) {
      Map<Integer, Row> byClass = new HashMap<>();
      for (TableImage.Row image : images) {
        byClass.put(byClass.size(), rows.computeIfAbsent(image, this::row));
      }
      return byClass;
    }

    private Row row(TableImage.Row image) {
      return new Row.Builder()
          .set(Protocol.TCP, intervals(image.tcp()))
          .set(Protocol.UDP, intervals(image.udp()))
          .set(Protocol.SCTP, intervals(image.sctp()))
          .set(Protocol.OTHER, intervals(image.other()))
          .build();
    }

    private List<Row.Interval> intervals(List<TableImage.Interval> images) {
      return images.stream().map(i -> new Row.Interval(i.firstPort(), decision(i))).toList();
    }

    private Decision decision(TableImage.Interval interval) {
      Verdict verdict = interval.allow() ? Verdict.ALLOW : Verdict.DENY;
      return decisions.computeIfAbsent(
          interval.decision(), place -> meanings.decision(verdict, cookies[place]));
    }
  }
}
