package io.merlon.agent.watch;

import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the API server is and how to prove who is asking. */
public final class ApiServer {
  private final Config config;

  private ApiServer(Config config) {
    this.config = config;
    // Retrying is done by who asks: it knows what an answer means, and when to stop.
    config.setRequestRetryBackoffLimit(0);
    config.setUserAgent("merlon");
  }

  /**
   * As the surroundings say: {@code KUBECONFIG} or {@code ~/.kube/config}, else the service account
   * of the pod this runs in. A service account's token is read again every minute, and when the
   * server refuses it.
   */
  public static ApiServer configured() {
    return new ApiServer(Config.autoConfigure(null));
  }

  /** As a kubeconfig file says; null means its current context. */
  public static ApiServer of(Path kubeconfig, @Nullable String context) {
    return new ApiServer(Config.fromKubeconfig(context, kubeconfig.toFile()));
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
