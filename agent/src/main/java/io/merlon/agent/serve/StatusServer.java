package io.merlon.agent.serve;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Answers GET requests, on one thread. */
public final class StatusServer implements AutoCloseable {
  private static final int LARGEST_REQUEST = 1 << 14;
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
   * @param answer by path, without the query; it is called on the server's thread
   */
  public static StatusServer start(InetSocketAddress at, Function<String, Response> answer)
      throws IOException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    InetSocketAddress resolved = new InetSocketAddress(at.getHostString(), at.getPort());
    try {
      Channel channel =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childHandler(new Connection(answer))
              .bind(resolved)
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

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Connection extends ChannelInitializer<SocketChannel> {
    private final Function<String, Response> answer;

    Connection(Function<String, Response> answer) {
      this.answer = answer;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(
              new ReadTimeoutHandler(PATIENCE_SECONDS),
              new HttpServerCodec(),
              new HttpObjectAggregator(LARGEST_REQUEST),
              new Answering(answer));
    }
  }

  private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Function<String, Response> answer;

    Answering(Function<String, Response> answer) {
      this.answer = answer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      Response response =
          request.method().equals(HttpMethod.GET)
              ? answer.apply(request.uri().replaceAll("\\?.*", ""))
              : Response.text(405, "only GET is answered");
      boolean more = HttpUtil.isKeepAlive(request);
      FullHttpResponse http =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.valueOf(response.status()),
              Unpooled.wrappedBuffer(response.bytes()));
      http.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
      http.headers().set(HttpHeaderNames.CONTENT_LENGTH, http.content().readableBytes());
      HttpUtil.setKeepAlive(http, more);
      var written = context.writeAndFlush(http);
      if (!more) {
        var _ = written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // A client that breaks off or says nonsense is not our trouble.
      var _ = context.close();
    }
  }
}
