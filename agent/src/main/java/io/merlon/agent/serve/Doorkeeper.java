package io.merlon.agent.serve;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Says who may read what is served at an address. */
public interface Doorkeeper {
  /** What is said of somebody. */
  enum Admission {
    WELCOME,
    /** Nobody knows who that is. */
    UNKNOWN,
    FORBIDDEN,
    /** It cannot be found out at this moment. */
    UNCERTAIN
  }

  /** Asks about a bearer token and a path; never waits. */
  CompletableFuture<Admission> ask(String token, String path);

  /** What kubelets ask, who have no token. */
  Set<String> OPEN = Set.of("/healthz", "/readyz");

  String BEARER = "Bearer ";

  /** Answers those who may read. */
  default Function<Request, CompletableFuture<Response>> before(
      Function<Request, CompletableFuture<Response>> answer) {
    return request -> {
      String said = request.authorization();
      if (OPEN.contains(request.path())) {
        return answer.apply(request);
      }
      if (said == null || !said.startsWith(BEARER)) {
        return CompletableFuture.completedFuture(Response.text(401, "who asks?"));
      }
      return ask(said.substring(BEARER.length()).strip(), request.path())
          .thenCompose(admission ->
              switch (admission) {
                case WELCOME -> answer.apply(request);
                case UNKNOWN ->
                    CompletableFuture.completedFuture(Response.text(401, "nobody's token"));
                case FORBIDDEN ->
                    CompletableFuture.completedFuture(
                        Response.text(403, "may not get " + request.path()));
                case UNCERTAIN ->
                    CompletableFuture.completedFuture(
                        Response.text(503, "the token cannot be checked now"));
              });
    };
  }
}
