package io.merlon.agent.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.merlon.agent.watch.TokenReviews.Review;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bearer tokens before a real API server: those of a scraper that may read metrics, asked about by
 * an agent that has the ClusterRole system:auth-delegator and nothing else.
 */
final class LiveTokenReviewsTest {
  private static final String NAME =
      "merlon-tokens-" + Long.toString(ProcessHandle.current().pid(), 36);
  private static final String RBAC = "apis/rbac.authorization.k8s.io/v1/";
  private static final Pattern TOKEN = Pattern.compile("\"token\": ?\"([^\"]+)\"");

  private final LiveServer server;

  @TempDir private Path folder = Path.of("");

  LiveTokenReviewsTest() throws IOException {
    server = LiveServer.required("LiveTokenReviewsTest");
  }

  @BeforeEach
  void prepare() throws IOException {
    server.post("api/v1/namespaces", "{'metadata':{'name':'" + NAME + "'}}");
    for (String account : new String[] {"agent", "scraper", "stranger"}) {
      server.post(accounts(), "{'metadata':{'name':'" + account + "'}}");
    }
    server.post(
        RBAC + "clusterroles",
        "{'metadata':{'name':'"
            + NAME
            + "'},'rules':[{'nonResourceURLs':['/metrics'],'verbs':['get']}]}");
    bind(NAME + "-agent", "system:auth-delegator", "agent");
    bind(NAME + "-scraper", NAME, "scraper");
  }

  private static String accounts() {
    return "api/v1/namespaces/" + NAME + "/serviceaccounts";
  }

  private void bind(String name, String role, String account) throws IOException {
    server.post(
        RBAC + "clusterrolebindings",
        "{'metadata':{'name':'%s'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io',"
                .formatted(name)
            + "'kind':'ClusterRole','name':'%s'},'subjects':[{'kind':'ServiceAccount',"
                .formatted(role)
            + "'name':'%s','namespace':'%s'}]}".formatted(account, NAME));
  }

  private String token(String account) throws IOException {
    String answer = server.post(accounts() + "/" + account + "/token", "{'spec':{}}");
    return TOKEN.matcher(answer).results().findFirst().orElseThrow().group(1);
  }

  private TokenReviews as(String account) throws IOException {
    return new TokenReviews(ApiServer.of(server.kubeconfigOf(folder, token(account))));
  }

  @AfterEach
  void cleanUp() throws IOException {
    server.delete(RBAC + "clusterrolebindings/" + NAME + "-agent");
    server.delete(RBAC + "clusterrolebindings/" + NAME + "-scraper");
    server.delete(RBAC + "clusterroles/" + NAME);
    server.delete("api/v1/namespaces/" + NAME);
    server.await("the end of it", () -> server.status("api/v1/namespaces/" + NAME) == 404);
    server.close();
  }

  @Test
  void letsInWhomTheClusterLetsIn() throws IOException {
    String scraper = token("scraper");
    try (TokenReviews agent = as("agent")) {
      // What was just granted takes the server a moment to know.
      server.await("the grants", () -> agent.review(scraper, "/metrics") == Review.ALLOWED);
      assertEquals(Review.FORBIDDEN, agent.review(scraper, "/v1/flows"));
      assertEquals(Review.FORBIDDEN, agent.review(token("stranger"), "/metrics"));
      assertEquals(Review.UNKNOWN, agent.review("nobody", "/metrics"));
      assertEquals(
          Review.UNKNOWN, agent.review(scraper.substring(0, scraper.length() - 4), "/metrics"));
    }
  }

  @Test
  void anAgentThatMayNotAskLetsNobodyIn() throws IOException {
    String scraper = token("scraper");
    try (TokenReviews stranger = as("stranger")) {
      ApiException e = assertThrows(ApiException.class, () -> stranger.review(scraper, "/metrics"));
      assertEquals(403, e.code(), Objects.requireNonNull(e.getMessage()));
    }
  }
}
