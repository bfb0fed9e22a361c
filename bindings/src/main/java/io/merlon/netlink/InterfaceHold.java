package io.merlon.netlink;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Drops what the node forwards from or to interfaces of certain names, which need not exist yet:
 * the kernel looks at the name with each packet, so an interface is held from its first one on.
 * What the node itself sends or receives passes. It is a table of nf_tables', of the calling
 * thread's network namespace; while nothing is held there is none, and packets cost nothing.
 *
 * <p>What is dropped is counted by the table's rules, and goes on where it was when the table is
 * made anew, by whichever process.
 */
public final class InterfaceHold implements AutoCloseable {
  private final HoldTable table;
  private final NetfilterSocket socket;
  private HoldRules made = new HoldRules(List.of(), List.of());
  private Dropped counted = Dropped.NOTHING;

  /**
   * Packets that were dropped.
   *
   * @param from those that came from what is held
   * @param to those that went there
   */
  public record Dropped(long from, long to) {
    public static final Dropped NOTHING = new Dropped(0, 0);

    /** Counts do not go back. */
    private Dropped atLeast(Dropped other) {
      return new Dropped(Math.max(from, other.from), Math.max(to, other.to));
    }
  }

  private InterfaceHold(HoldTable table, NetfilterSocket socket) {
    this.table = table;
    this.socket = socket;
  }

  /**
   * Opens the way to a table, and does nothing yet. What is held is held on when this process is
   * gone.
   *
   * @param remembered for how long a name is held that nobody renews; {@link Duration#ZERO}: for
   *     ever
   */
  public static InterfaceHold open(String table, Duration remembered) {
    return new InterfaceHold(
        new HoldTable(table, remembered), NetfilterSocket.open("table " + table));
  }

  /** Holds these and no others, whatever was before: packets see one or the other. */
  public void replace(Set<String> names) {
    Dropped before = dropped();
    TableBatch batch = new TableBatch();
    table.remove(batch);
    if (!names.isEmpty()) {
      table.create(batch, before);
      table.add(batch, names);
    }
    send(batch);
    made = rules();
  }

  /** Holds these and no others, for as long again; the table must be there. */
  public void renew(Set<String> names) {
    TableBatch batch = new TableBatch();
    table.clear(batch);
    table.add(batch, names);
    send(batch);
  }

  /** Holds some more, and some no longer; there must be some held before. */
  public void change(Set<String> more, Set<String> noLonger) {
    TableBatch batch = new TableBatch();
    table.add(batch, more);
    table.delete(batch, noLonger);
    send(batch);
  }

  /** Whether the table is there, with all that makes it work. */
  public boolean isThere() {
    return table.questions().stream().allMatch(question -> socket.ask(question).errno() == 0);
  }

  /** Whether it is as this process made it, whatever its names are. */
  public boolean isAsMade() {
    return isThere() && rules().doAs(made);
  }

  /** What was dropped, by the table that is there and those that it took the place of. */
  public Dropped dropped() {
    counted = counted.atLeast(rules().dropped());
    return counted;
  }

  private HoldRules rules() {
    return HoldRules.of(socket.ask(table.questionForRules()).bodies());
  }

  private void send(TableBatch batch) {
    int errno = socket.ask(batch.end()).errno();
    if (errno != 0) {
      throw new NetlinkException("nf_tables", errno, "table " + table.name());
    }
  }

  /** What is held is held on. */
  @Override
  public void close() {
    socket.close();
  }
}
