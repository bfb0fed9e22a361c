package io.merlon.agent.serve;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Where a running agent answers. */
public sealed interface AgentAddress {
  /**
   * A connection to it; the caller closes it.
   *
   * @param patience how many milliseconds an answer may take, where that can be said; 0 is for ever
   */
  Connection connect(int patience) throws IOException;

  /** Both directions of a connection. */
  record Connection(InputStream in, OutputStream out, Closeable of) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      of.close();
    }
  }

  /** A socket in the file system: whoever may open it is on the node, with rights enough. */
  record Local(Path path) implements AgentAddress {
    @Override
    public Connection connect(int patience) throws IOException {
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
      return new Connection(
          Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** An address and a port. */
  record Http(InetSocketAddress at) implements AgentAddress {
    private static final int PATIENCE_MILLIS = 5000;

    @Override
    public Connection connect(int patience) throws IOException {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(at.getHostString(), at.getPort()), PATIENCE_MILLIS);
        socket.setSoTimeout(patience);
        return new Connection(socket.getInputStream(), socket.getOutputStream(), socket);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    @Override
    public String toString() {
      return at.getHostString() + ":" + at.getPort();
    }
  }
}
