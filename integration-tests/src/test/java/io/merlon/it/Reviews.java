package io.merlon.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the API server would let service accounts do, asked by SubjectAccessReviews. */
record Reviews(ApiProxy api) {
  /**
   * Those of some questions that it would.
   *
   * @param own the account's namespace
   * @param namespace the one asked about; "" for all of them, which asks for no rights in one alone
   * @param questions as {@code get pods/log.} or {@code list events.events.k8s.io}, or of a path
   */
  Set<String> allowed(String own, String account, String namespace, List<String> questions) {
    Set<String> allowed = new TreeSet<>();
    for (String question : questions) {
      String answer =
          api.create(
              "/apis/authorization.k8s.io/v1/subjectaccessreviews",
              review(own, account, attributes(namespace, question)));
      if (answer.contains("\"allowed\":true")) {
        allowed.add(question);
      } else {
        assertTrue(answer.contains("\"allowed\":false"), answer);
      }
    }
    return allowed;
  }

  private static String attributes(String namespace, String question) {
    String[] parts = question.split(" ", 2);
    if (parts[1].startsWith("/")) {
      return "\"nonResourceAttributes\":{\"verb\":\"%s\",\"path\":\"%s\"}"
          .formatted(parts[0], parts[1]);
    }
    String[] named = parts[1].split("\\.", 2);
    String[] resource = (named[0] + "/").split("/", -1);
    return "\"resourceAttributes\":{\"namespace\":\"%s\",\"verb\":\"%s\",\"group\":\"%s\",\"resource\":\"%s\",\"subresource\":\"%s\"}"
        .formatted(namespace, parts[0], named[1], resource[0], resource[1]);
  }

  private static String review(String own, String account, String attributes) {
    return """
    {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{
    "user":"system:serviceaccount:%1$s:%2$s",
    "groups":["system:serviceaccounts","system:serviceaccounts:%1$s","system:authenticated"],%3$s}}
    """
        .formatted(own, account, attributes);
  }
}
