package io.merlon.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.interfaces.OwnNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Served with a certificate, which is renewed while the server runs. */
class HttpsTest {
  @TempDir private Path folder = Path.of("");

  private Path certificate() {
    return folder.resolve("tls.crt");
  }

  private void issue(Instant at) throws IOException {
    OwnNamespace.execute(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-days",
            "2",
            "-keyout",
            folder.resolve("tls.key").toString(),
            "-out",
            certificate().toString()),
        "");
    Files.setLastModifiedTime(certificate(), FileTime.from(at));
  }

  private Certificate shown(StatusServer server) throws Exception {
    return shown(server, certificate());
  }

  private static Certificate shown(StatusServer server, Path expected) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (var in = Files.newInputStream(expected)) {
      trusted.setCertificateEntry(
          "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort())) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void aRenewedCertificateIsShownAndPlainHttpIsNot() throws Exception {
    issue(Instant.parse("2026-01-01T00:00:00Z"));
    try (StatusServer server =
        StatusServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Certificates(certificate(), folder.resolve("tls.key")),
            _ -> CompletableFuture.completedFuture(Response.text(200, "ok")))) {
      Certificate first = shown(server);
      assertThrows(IOException.class, () -> StatusClient.get(server.address(), "/healthz"));
      issue(Instant.parse("2026-02-01T00:00:00Z"));
      Certificate second = shown(server);
      assertNotEquals(first, second);
      Path kept = Files.copy(certificate(), folder.resolve("kept"));
      Files.writeString(certificate(), "not yet written");
      Files.setLastModifiedTime(certificate(), FileTime.from(Instant.EPOCH));
      assertEquals(second, shown(server, kept));
    }
  }

  /** As when a secret is made after the agent: the port alone waits for it. */
  @Test
  void withoutACertificateNobodyIsServedUntilThereIsOne() throws Exception {
    Files.writeString(certificate(), "nothing");
    Certificates certificates = new Certificates(certificate(), folder.resolve("tls.key"));
    try (StatusServer server =
        StatusServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            certificates,
            _ -> CompletableFuture.completedFuture(Response.text(200, "ok")))) {
      assertThrows(IOException.class, () -> StatusClient.get(server.address(), "/healthz"));
      assertTrue(certificates.problem().orElseThrow().startsWith("the port serves nobody: "));
      issue(Instant.parse("2026-01-01T00:00:00Z"));
      shown(server);
      assertEquals(Optional.empty(), certificates.problem());
    }
  }

  @Test
  void saysHowAKeyOfAnOlderFormIsMended() throws IOException {
    issue(Instant.parse("2026-01-01T00:00:00Z"));
    Path key = folder.resolve("tls.key");
    Path older = folder.resolve("older.key");
    OwnNamespace.execute(
        List.of("openssl", "ec", "-in", key.toString(), "-out", older.toString()), "");
    String problem = new Certificates(certificate(), older).problem().orElseThrow();
    assertTrue(problem.contains("openssl pkcs8 -topk8"), problem);
  }
}
