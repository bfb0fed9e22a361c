package io.merlon.agent.serve;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate and its key, in files that somebody renews: a connection gets what they hold when
 * it begins, or the last that could be read; while none ever could, it ends at once. That is a
 * problem of the port's, not of the agent, which goes on enforcing.
 */
public final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private static final Pattern OLDER_KEY = Pattern.compile("BEGIN (RSA|EC|DSA) PRIVATE KEY");

  private final Path certificate;
  private final Path key;
  private List<Optional<FileTime>> tried = List.of();
  private @Nullable SslContext context;
  private volatile Optional<String> problem = Optional.empty();

  /** Reads them, if they can be read yet. */
  public Certificates(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
    var _ = context();
  }

  /** Why what the files hold is not shown, if it is not. */
  public Optional<String> problem() {
    return problem;
  }

  private SslContext read() throws IOException {
    checkForm();
    try {
      return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (IllegalArgumentException e) {
      throw new IOException("no certificate and key in " + certificate + ", " + key, e);
    }
  }

  /** What cert-manager writes unless it is told otherwise, and Java does not read. */
  private void checkForm() throws IOException {
    if (Files.isReadable(key) && OLDER_KEY.matcher(Files.readString(key)).find()) {
      throw new IOException(
          key
              + " is not PKCS#8; openssl pkcs8 -topk8 -nocrypt makes it so, and cert-manager's"
              + " privateKey.encoding PKCS8");
    }
  }

  /** What the files hold now; null if they never held any. For one thread. */
  @Nullable SslContext context() {
    List<Optional<FileTime>> now = List.of(changedAt(certificate), changedAt(key));
    if (!now.equals(tried)) {
      tried = now;
      try {
        context = read();
        problem = Optional.empty();
      } catch (IOException e) {
        problem =
            Optional.of(
                (context == null ? "the port serves nobody: " : "the certificate is kept: ")
                    + e.getMessage());
        LOG.atError().addKeyValue("reason", problem.get()).log("the certificate cannot be read");
      }
    }
    return context;
  }

  private static Optional<FileTime> changedAt(Path file) {
    try {
      return Optional.of(Files.getLastModifiedTime(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
