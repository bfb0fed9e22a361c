package io.merlon.agent.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.Waiting;
import io.merlon.agent.WantedProgram;
import io.merlon.agent.api.ClusterEvent;
import io.merlon.agent.api.IntOrString;
import io.merlon.agent.api.LabelSelector;
import io.merlon.agent.api.NetworkPolicy;
import io.merlon.agent.api.Pod;
import io.merlon.agent.flows.FlowLog;
import io.merlon.agent.flows.SampleFlow;
import io.merlon.agent.identity.WorkloadRef;
import io.merlon.agent.loop.AgentLoop;
import io.merlon.agent.loop.PaperLoop;
import io.merlon.agent.observe.PeerDenials;
import io.merlon.agent.observe.Series;
import io.merlon.agent.workbench.Browser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page the agent serves, in a browser that reaches nothing else. */
class AgentPageTest {
  private static final Path SCREENSHOT = Path.of("target/agent-page.png");

  private final FlowLog log = new FlowLog();
  private final PeerDenials denials = new PeerDenials(10);
  private final AgentLoop loop = PaperLoop.make();
  private StatusServer server;

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void start() throws IOException {
    AgentPages pages =
        new AgentPages(
            new StatusPages(
                "n1",
                new StatusPages.Sources(
                    () -> Optional.of(loop.view()),
                    () -> Duration.ZERO,
                    () -> Duration.ZERO,
                    List::of,
                    Optional::empty,
                    List::of)),
            log,
            _ -> CompletableFuture.completedFuture(Response.text(200, "")),
            denials::counted);
    server = StatusServer.start(ServedHere.anyPort(), pages::answer);
    tell();
    denials.add(
        new PeerDenials.Key(
            new WorkloadRef("shop", "", "db"),
            "ingress",
            Series.Outcome.DENIED,
            "pod",
            "guests",
            "<b>intruder</b>"),
        42);
    log.accept(List.of(SampleFlow.allowed("f1"), SampleFlow.denied("f2")));
  }

  @AfterEach
  void close() {
    server.close();
    log.close();
  }

  private static ClusterEvent pod(String name, String ip) {
    return PaperLoop.pod(name + "-0", name, ip, new Pod.Owner("StatefulSet", name));
  }

  private void tell() {
    NetworkPolicy.Rule fromWeb =
        new NetworkPolicy.Rule(
            List.of(
                new NetworkPolicy.Peer(
                    new LabelSelector(Map.of("app", "web"), List.of()), null, null)),
            List.of(new NetworkPolicy.Port("TCP", new IntOrString.Int(443), null)));
    NetworkPolicy policy =
        new NetworkPolicy(
            "shop",
            "db",
            "u",
            "7",
            new LabelSelector(Map.of("app", "db"), List.of()),
            null,
            List.of(fromWeb),
            null);
    loop.doWork(
        PaperLoop.all(
            List.of(
                pod("web", "10.0.0.1"),
                pod("db", "10.0.0.2"),
                pod("other", "10.0.0.3"),
                new ClusterEvent.PutNetworkPolicy(policy))));
  }

  @Test
  void loadsNothingFromElsewhere() throws IOException {
    for (String path : List.of("/", "/page.css", "/page.js")) {
      String text = StatusClient.get(server.address(), path);
      assertFalse(text.contains("http"), path);
      assertFalse(text.contains("innerHTML"), path);
    }
  }

  @Test
  void showsVerdictsDenialsAndReachAndIsUsedByKeyboard() throws Exception {
    Path program = WantedProgram.chromium();
    URI page = URI.create("http://localhost:" + server.address().getPort() + "/");
    try (Browser browser = Browser.open(program, folder.resolve("profile"), page)) {
      await(browser, "document.querySelectorAll('#live tbody tr').length == 2");
      await(browser, "document.querySelectorAll('#reach tbody tr').length == 3");
      assertEquals("n1", text(browser, "#node"));
      assertTrue(text(browser, "#state").startsWith("enforcing, 3 pods, 1 policies"));
      assertEquals("42deniedshop/dbfrompod guests/<b>intruder</b>", text(browser, "#top tbody tr"));
      assertEquals(
          "shop/web;tcp 443;all;all",
          browser.evaluate(
              "[...document.querySelectorAll('#reach tbody tr:last-child td')]"
                  + ".map(e => e.textContent).join(';')"));
      log.accept(List.of(SampleFlow.denied("f3")));
      await(browser, "document.querySelectorAll('#live tbody tr').length == 3");
      browser.evaluate("document.querySelector('#live tbody tr[tabindex=\"0\"]').focus()");
      browser.press("Home");
      browser.press("ArrowDown");
      browser.press("Enter");
      await(browser, "document.querySelector('#why').textContent.includes('now: ')");
      String why = text(browser, "#why");
      assertTrue(why.contains("shop/web (10.0.0.1) -> shop/db (10.0.0.2) 443/tcp: denied"), why);
      assertTrue(why.contains("now: allowed by rule NetworkPolicy shop/db"), why);
      browser.click("#denied");
      assertEquals(
          "2",
          browser.evaluate("document.querySelectorAll('#live tbody tr:not([hidden])').length"));
      browser.evaluate("window.scrollTo(0, 0)");
      browser.screenshot(SCREENSHOT);
    }
    assertTrue(Files.size(SCREENSHOT) > 10_000, "a picture of something");
  }

  private static String text(Browser browser, String selector) throws InterruptedException {
    return browser.evaluate("document.querySelector('" + selector + "').textContent");
  }

  private static void await(Browser browser, String condition) {
    Waiting.until(
        condition,
        () -> {
          try {
            return browser.evaluate(condition).equals("true");
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
