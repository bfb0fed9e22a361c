package io.merlon.agent.serve;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate and its key, in files that somebody renews: a connection gets what they hold when
 * it begins, or the last that could be read. For the server's thread.
 */
public final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private final Path certificate;
  private final Path key;
  private FileTime changed;
  private SslContext context;

  /** Reads them. */
  public Certificates(Path certificate, Path key) throws IOException {
    this.certificate = certificate;
    this.key = key;
    this.changed = Files.getLastModifiedTime(certificate);
    this.context = read();
  }

  private SslContext read() throws IOException {
    try {
      return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (IllegalArgumentException e) {
      throw new IOException("no certificate and key in " + certificate + ", " + key, e);
    }
  }

  SslContext context() {
    @Nullable FileTime now = changedAt();
    if (now != null && !now.equals(changed)) {
      try {
        context = read();
        changed = now;
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the certificate is kept");
      }
    }
    return context;
  }

  private @Nullable FileTime changedAt() {
    try {
      return Files.getLastModifiedTime(certificate);
    } catch (IOException e) {
      return null;
    }
  }
}
