package io.merlon.agent.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection, one after the other: the next one is read when the answer
 * before it has left, so that who asks without reading costs one answer.
 */
final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  /** The page may load what is served here, and nothing else. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  private final Function<Request, CompletableFuture<Response>> answer;
  private final Connections connections;
  private final Predicate<@Nullable String> names;
  private boolean following;

  /**
   * Makes one.
   *
   * @param names by which this server may be asked
   */
  Answering(
      Function<Request, CompletableFuture<Response>> answer,
      Connections connections,
      Predicate<@Nullable String> names) {
    this.answer = answer;
    this.connections = connections;
    this.names = names;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (following) {
      return; // Nothing is asked on a connection that follows.
    }
    context.channel().config().setAutoRead(false);
    boolean more = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    var _ =
        ask(request)
            .whenComplete((response, failure) -> {
              Response told = failure == null ? response : failed(failure);
              context.executor().execute(() -> send(context, told, more));
            });
  }

  private static Response failed(Throwable failure) {
    LOG.atError().setCause(failure).log("a request was not answered");
    return Response.text(500, "no answer: " + failure);
  }

  private CompletableFuture<Response> ask(FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return CompletableFuture.completedFuture(Response.text(400, "not understood"));
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return CompletableFuture.completedFuture(Response.text(405, "only GET is answered"));
    }
    if (!names.test(request.headers().get(HttpHeaderNames.HOST))) {
      return CompletableFuture.completedFuture(Response.text(421, "nobody here has that name"));
    }
    Request asked;
    try {
      asked =
          Request.of(
              request.uri(),
              request.headers().get(HttpHeaderNames.ACCEPT),
              request.headers().get(HttpHeaderNames.AUTHORIZATION));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(Response.text(400, "not understood"));
    }
    try {
      return answer.apply(asked);
    } catch (RuntimeException mistake) { // of ours: whoever asks is told, and others are answered
      return CompletableFuture.failedFuture(mistake);
    }
  }

  private void send(ChannelHandlerContext context, Response response, boolean more) {
    if (response.feed() != null) {
      if (connections.feed(context.channel())) {
        following = true;
        context.channel().config().setAutoRead(true); // or nobody notices that the other end left
        feed(context, response, response.feed());
      } else {
        send(context, Response.text(503, "too many follow already"), false);
      }
      return;
    }
    FullHttpResponse http =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(response.status()),
            Unpooled.wrappedBuffer(response.bytes()));
    http.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
    http.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY);
    http.headers().set("X-Content-Type-Options", "nosniff");
    http.headers().set(HttpHeaderNames.CONTENT_LENGTH, http.content().readableBytes());
    HttpUtil.setKeepAlive(http, more);
    var written = context.writeAndFlush(http);
    connections.served(context.channel());
    var _ =
        written.addListener(
            more
                ? (ChannelFutureListener) it -> it.channel().config().setAutoRead(true)
                : ChannelFutureListener.CLOSE);
  }

  /** Who reads too slowly misses what comes meanwhile, and is told so by who feeds it. */
  private static void feed(ChannelHandlerContext context, Response response, Response.Feed feed) {
    HttpResponse head =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()));
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
    head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    context.pipeline().remove(ReadTimeoutHandler.class);
    var _ = context.write(head);
    var _ = context.writeAndFlush(new DefaultHttpContent(bytes(response.body())));
    Runnable end =
        feed.to(text -> {
          boolean reads = context.channel().isWritable();
          if (reads) {
            var _ = context.writeAndFlush(new DefaultHttpContent(bytes(text)));
          }
          return reads;
        });
    var _ = context.channel().closeFuture().addListener(_ -> end.run());
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A client that breaks off or says nonsense is not our trouble.
    var _ = context.close();
  }
}
