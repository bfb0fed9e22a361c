package io.merlon.agent.oracle;

import java.util.Set;

/** Answers questions about one cluster at one moment. */
public interface Judge {
  Verdicts judge(Question question);

  /**
   * What the source's side says of a service's virtual address: one answer per backend the
   * connection may reach, each judged by the backend and its target port (NP-23). Both answers in
   * the set mean that it depends on the backend; none means that there is no backend.
   *
   * @param question its destination is the virtual address, its port the service's
   */
  Set<Boolean> judgeService(Question question);
}
