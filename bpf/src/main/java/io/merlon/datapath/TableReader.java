package io.merlon.datapath;

import io.merlon.datapath.TableImage.Content;
import io.merlon.datapath.TableImage.Interval;
import io.merlon.datapath.TableImage.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the words of a verdict table, trusting none of them. */
final class TableReader {
  private static final int HEADER = 2;
  private static final int GROUPS = 4;
  private static final int COUNT = 0x7fffffff;

  private final long[] words;
  private final Map<Integer, Row> rows = new HashMap<>();
  private final int decisions;

  TableReader(long[] words) {
    this.words = words;
    if (words.length < HEADER || TableImage.length(words[0], words[1]) != words.length) {
      throw new IllegalArgumentException("no table of " + words.length + " words");
    }
    this.decisions = high(words[1]);
  }

  Content read() {
    int classes = high(words[0]);
    if (classes < 1 || classes > words.length - HEADER) {
      throw new IllegalArgumentException(classes + " classes in " + words.length + " words");
    }
    List<Row> ingress = new ArrayList<>();
    List<Row> egress = new ArrayList<>();
    for (int peerClass = 0; peerClass < classes; peerClass++) {
      long pair = word(HEADER + peerClass);
      ingress.add(row((int) pair));
      egress.add(row(high(pair)));
    }
    return new Content(ingress, egress, decisions);
  }

  private Row row(int at) {
    Row known = rows.get(at);
    if (known == null) {
      List<List<Interval>> groups = new ArrayList<>();
      for (int group = 0; group < GROUPS; group++) {
        long entry = word(at + group);
        groups.add(intervals((int) entry, high(entry) & COUNT));
      }
      known = new Row(groups.get(0), groups.get(1), groups.get(2), groups.get(3));
      rows.put(at, known);
    }
    return known;
  }

  private List<Interval> intervals(int at, int count) {
    if (count < 1 || count > words.length) {
      throw new IllegalArgumentException(count + " intervals in " + words.length + " words");
    }
    List<Interval> intervals = new ArrayList<>();
    int last = -1;
    for (int i = 0; i < count; i++) {
      long word = word(at + i);
      int port = (int) word & 0xffff;
      int decision = high(word);
      if (decision < 0 || decision >= decisions || (i == 0 ? port != 0 : port <= last)) {
        throw new IllegalArgumentException("interval out of order or range at word " + (at + i));
      }
      int reason = (int) word >>> TableImage.REASON;
      intervals.add(new Interval(port, (word & TableImage.ALLOW) != 0, reason, decision));
      last = port;
    }
    return intervals;
  }

  private long word(int at) {
    if (at < HEADER || at >= words.length) {
      throw new IllegalArgumentException("word " + at + " of " + words.length);
    }
    return words[at];
  }

  private static int high(long word) {
    return (int) (word >>> 32);
  }
}
