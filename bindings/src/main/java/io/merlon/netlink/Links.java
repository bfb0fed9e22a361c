package io.merlon.netlink;

import io.merlon.netlink.RouteSocket.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The links of the calling thread's network namespace, at this moment. */
public final class Links {
  private static final int TRIES = 10;

  private Links() {}

  public static List<RouteMessage.LinkIs> list() {
    try (RouteSocket socket = RouteSocket.open(RouteSocket.RECEIVE_BUFFER)) {
      for (int i = 0; i < TRIES; i++) {
        Listing listing = new Listing(socket.request(Subject.LINKS));
        while (!listing.ended) {
          socket.receive(listing::accept);
        }
        if (listing.whole) {
          return List.copyOf(listing.links.values());
        }
      }
      throw new IllegalStateException("links change faster than they can be listed");
    }
  }

  private static final class Listing {
    private final int request;
    private final Map<Integer, RouteMessage.LinkIs> links = new LinkedHashMap<>();
    private boolean ended;
    private boolean whole;

    Listing(int request) {
      this.request = request;
    }

    void accept(RouteMessage message) {
      switch (message) {
        case RouteMessage.LinkIs link -> links.put(link.ifindex(), link);
        case RouteMessage.LinkGone gone -> links.remove(gone.ifindex());
        case RouteMessage.End end when end.request() == request -> {
          ended = true;
          whole = !end.interrupted();
        }
        case RouteMessage.Refused refused when refused.request() == request ->
            throw new NetlinkException("RTM_GETLINK", refused.errno(), "list of links");
        default -> {}
      }
    }
  }
}
