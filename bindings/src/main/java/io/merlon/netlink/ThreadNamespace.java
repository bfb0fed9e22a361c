package io.merlon.netlink;

import java.nio.file.Path;

/**
 * The network namespace of one thread. setns(2) and unshare(2) move the calling thread alone; what
 * it opens from then on belongs to the namespace, whichever thread uses it.
 */
public final class ThreadNamespace {
  private static final int NETWORK = 0x40000000; // CLONE_NEWNET
  private static final int READ_CLOSE_ON_EXEC = 0x80000; // O_RDONLY | O_CLOEXEC

  private ThreadNamespace() {}

  /**
   * Moves the calling thread, which must be a platform thread, into the namespace that a file such
   * as {@code /run/netns/NAME} stands for, until it moves again or ends.
   */
  public static void enter(Path namespace) {
    requirePlatformThread();
    String subject = "network namespace " + namespace;
    int fd = check("open", SocketCalls.open(namespace.toString(), READ_CLOSE_ON_EXEC), subject);
    try {
      check("setns", SocketCalls.setns(fd, NETWORK), subject);
    } finally {
      SocketCalls.close(fd);
    }
  }

  /**
   * Moves the calling thread, which must be a platform thread, into a new namespace, which ends
   * with the last thread and socket in it.
   */
  public static void enterNew() {
    requirePlatformThread();
    check("unshare", SocketCalls.unshare(NETWORK), "new network namespace");
  }

  private static void requirePlatformThread() {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread would move its carrier");
    }
  }

  private static int check(String call, int result, String subject) {
    if (result < 0) {
      throw new NetlinkException(call, -result, subject);
    }
    return result;
  }
}
