package io.merlon.agent.serve;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers GET requests, on one thread, and nothing else. */
public final class StatusServer implements AutoCloseable {
  private static final int LARGEST_REQUEST = 1 << 12;
  private static final int LARGEST_HEADERS = 1 << 13;
  private static final int LONGEST_LINE = 1 << 12;
  private static final int PATIENCE_SECONDS = 30;

  private final EventLoopGroup group;
  private final Channel channel;

  private StatusServer(EventLoopGroup group, Channel channel) {
    this.group = group;
    this.channel = channel;
  }

  /**
   * Starts one.
   *
   * @param answer is called on the server's thread, and must not wait
   */
  public static StatusServer start(
      InetSocketAddress at, Function<Request, CompletableFuture<Response>> answer)
      throws IOException {
    return start(at, null, answer);
  }

  /**
   * Starts one. On an address of this host alone it answers only who asks for it by an address or
   * as localhost.
   *
   * @param certificates what it shows; without any it speaks plain HTTP
   */
  public static StatusServer start(
      InetSocketAddress at,
      @Nullable Certificates certificates,
      Function<Request, CompletableFuture<Response>> answer)
      throws IOException {
    InetSocketAddress bound = new InetSocketAddress(at.getHostString(), at.getPort());
    if (bound.isUnresolved()) {
      throw new IOException("cannot listen on " + at + ": nobody knows that name");
    }
    return start(
        NioServerSocketChannel.class,
        bound,
        new Connection(
            certificates,
            bound.getAddress().isLoopbackAddress() ? OwnNames::has : _ -> true,
            answer));
  }

  /** Starts one at a socket in the file system, which takes the place of what is there. */
  public static StatusServer start(Path at, Function<Request, CompletableFuture<Response>> answer)
      throws IOException {
    Path folder = at.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.deleteIfExists(at);
    StatusServer started =
        start(
            NioServerDomainSocketChannel.class,
            UnixDomainSocketAddress.of(at),
            new Connection(null, _ -> true, answer));
    Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rw-------"));
    return started;
  }

  private static StatusServer start(
      Class<? extends ServerChannel> kind, SocketAddress at, Connection connection)
      throws IOException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Channel channel =
          new ServerBootstrap()
              .group(group)
              .channel(kind)
              .childHandler(connection)
              .bind(at)
              .syncUninterruptibly()
              .channel();
      return new StatusServer(group, channel);
    } catch (RuntimeException | Error e) {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    } catch (Exception e) { // Netty throws what it does not declare
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException("cannot listen on " + at + ": " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** The same, whatever kind it is. */
  public SocketAddress where() {
    return channel.localAddress();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Connection extends ChannelInitializer<Channel> {
    private final Function<Request, CompletableFuture<Response>> answer;
    private final Connections connections = new Connections();
    private final @Nullable Certificates certificates;
    private final Predicate<@Nullable String> names;

    Connection(
        @Nullable Certificates certificates,
        Predicate<@Nullable String> names,
        Function<Request, CompletableFuture<Response>> answer) {
      this.certificates = certificates;
      this.names = names;
      this.answer = answer;
    }

    @Override
    protected void initChannel(Channel channel) {
      connections.opened(channel);
      if (certificates != null) {
        SslContext context = certificates.context();
        if (context == null) {
          var _ = channel.close();
          return;
        }
        channel.pipeline().addLast(context.newHandler(channel.alloc()));
      }
      channel
          .pipeline()
          .addLast(
              new ReadTimeoutHandler(PATIENCE_SECONDS),
              new WriteTimeoutHandler(PATIENCE_SECONDS),
              new HttpServerCodec(LONGEST_LINE, LARGEST_HEADERS, LARGEST_REQUEST),
              new HttpObjectAggregator(LARGEST_REQUEST),
              new FlowControlHandler(),
              new Answering(answer, connections, names));
    }
  }
}
