package io.merlon.agent.watch;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the API server is and how to prove who is asking. */
public final class ApiServer {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final Config config;

  private ApiServer(Config config) {
    this.config = config;
    // Retrying is done by who asks: it knows what an answer means, and when to stop.
    config.setRequestRetryBackoffLimit(0);
    config.setUserAgent("merlon");
  }

  /**
   * As the surroundings say: {@code KUBECONFIG} or {@code ~/.kube/config}, else the service account
   * of the pod this runs in.
   */
  public static ApiServer configured() {
    return configured(System.getenv(), Path.of(System.getProperty("user.home")), SERVICE_ACCOUNT);
  }

  static ApiServer configured(Map<String, String> environment, Path home, Path serviceAccount) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    boolean hasKubeconfig =
        !environment.getOrDefault("KUBECONFIG", "").isEmpty()
            || Files.exists(home.resolve(".kube/config"));
    if (hasKubeconfig || host.isEmpty()) {
      return new ApiServer(Config.autoConfigure(null));
    }
    return inCluster(environment, serviceAccount);
  }

  private static ApiServer inCluster(Map<String, String> environment, Path serviceAccount) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
    String name = host.contains(":") ? "[" + host + "]" : host;
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    return of("https://" + name + ":" + port, serviceAccount);
  }

  /** As a kubeconfig's current context says, or a folder with a service account's files. */
  public static ApiServer of(Path credentials) {
    return Files.isDirectory(credentials)
        ? inCluster(System.getenv(), credentials)
        : of(credentials, null);
  }

  /** As a kubeconfig file says; null means its current context. */
  public static ApiServer of(Path kubeconfig, @Nullable String context) {
    return new ApiServer(Config.fromKubeconfig(context, kubeconfig.toFile()));
  }

  /**
   * As a pod's service account says. Its token is bound to the pod and lives an hour; the kubelet
   * replaces the file in time, so the file is read for every request (there are few) and no expiry
   * has to be known. The way without a kubeconfig needs neither YAML nor data binding, which is 30
   * MiB of classes and a second of every start.
   *
   * @param url the server's root
   * @param serviceAccount the folder with {@code token} and {@code ca.crt}
   */
  public static ApiServer of(String url, Path serviceAccount) {
    Config config = Config.empty();
    config.setMasterUrl(url);
    Path authority = serviceAccount.resolve("ca.crt");
    if (Files.exists(authority)) {
      config.setCaCertFile(authority.toString());
    }
    config.setOauthTokenProvider(() -> token(serviceAccount.resolve("token")));
    return new ApiServer(config);
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Config config() {
    return config;
  }

  /** The server's address. */
  @Override
  public String toString() {
    return config.getMasterUrl();
  }
}
