package io.merlon.agent.serve;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections that wait for something; for the server's thread. There are never more than so
 * many: a new one takes the place of the one that has waited longest, so that nobody keeps anybody
 * else out by doing nothing.
 */
final class Connections {
  private static final int MOST = 256;
  private static final int MOST_FEEDS = 16;

  private final Set<Channel> waiting = new LinkedHashSet<>();
  private int feeds;

  void opened(Channel channel) {
    if (waiting.size() >= MOST) {
      Channel oldest = waiting.iterator().next();
      waiting.remove(oldest);
      var _ = oldest.close();
    }
    waiting.add(channel);
    var _ =
        channel
            .closeFuture()
            .addListener((ChannelFutureListener) closed -> waiting.remove(closed.channel()));
  }

  /** It was answered: it is the youngest again. */
  void served(Channel channel) {
    if (waiting.remove(channel)) {
      waiting.add(channel);
    }
  }

  /** Whether it may be fed; it waits for nothing any more then. */
  boolean feed(Channel channel) {
    if (feeds >= MOST_FEEDS) {
      return false;
    }
    feeds++;
    waiting.remove(channel);
    var _ = channel.closeFuture().addListener(_ -> feeds--);
    return true;
  }
}
