package io.merlon.agent.program;

import io.merlon.bpf.BpfMap;
import io.merlon.bpf.Codec;
import io.merlon.bpf.MapOfMaps;
import io.merlon.bpf.MapSpec;
import io.merlon.bpf.MapType;
import io.merlon.bpf.OwnedMap;

/**
 * Says when every program that began before a moment has ended.
 *
 * <p>A packet's program runs inside one RCU read-side section of the kernel, and an update of a map
 * of maps by a process returns only after a grace period: the kernel promises that no program still
 * uses the inner map that was replaced (linux commit 1ae80cf31938, {@code maybe_wait_bpf_programs},
 * since 4.20). So a program that read a subject's word before an update of such a map began has
 * ended when the update returns, whatever map the word was in.
 *
 * <p>A grace period takes milliseconds, so a thread of its own waits for it, once for all moments
 * that came meanwhile.
 */
final class Grace implements AutoCloseable {
  private static final MapSpec INNER =
      new MapSpec("merlon_moment", MapType.ARRAY, Integer.BYTES, Integer.BYTES, 1);

  private final OwnedMap<Integer, Integer> outer;
  private final OwnedMap<Integer, Integer> inner;
  private final MapOfMaps<Integer> barrier;
  private final Thread thread;
  private long asked;
  private long over;
  private boolean closed;

  Grace() {
    inner = BpfMap.create(INNER, Codec.u32(), Codec.u32());
    try {
      MapSpec spec =
          new MapSpec("merlon_grace", MapType.ARRAY_OF_MAPS, Integer.BYTES, Integer.BYTES, 1);
      outer = BpfMap.create(spec.withInner(INNER), Codec.u32(), Codec.u32());
    } catch (RuntimeException failure) {
      inner.close();
      throw failure;
    }
    barrier = MapOfMaps.of(outer);
    thread = Thread.ofPlatform().daemon().name("grace").start(this::run);
  }

  /** This moment. */
  synchronized long moment() {
    asked++;
    notifyAll();
    return asked;
  }

  /** Whether all programs that began before the moment have ended. */
  synchronized boolean isOver(long moment) {
    return over >= moment;
  }

  /** Waits, for some milliseconds, until they have. */
  synchronized void await(long moment) {
    boolean interrupted = false;
    while (over < moment && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    for (long until = next(); until >= 0; until = next()) {
      barrier.put(0, inner);
      done(until);
    }
  }

  /** The moment to wait for, or -1 at the end. */
  private synchronized long next() {
    while (asked == over && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        closed = true;
      }
    }
    return closed ? -1 : asked;
  }

  private synchronized void done(long until) {
    over = until;
    notifyAll();
  }

  private synchronized void end() {
    closed = true;
    notifyAll();
  }

  @Override
  public void close() {
    end();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // it may be inside an update: the maps end with the process
    }
    outer.close();
    inner.close();
  }
}
