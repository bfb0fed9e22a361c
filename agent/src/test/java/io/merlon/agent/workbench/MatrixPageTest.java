package io.merlon.agent.workbench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.merlon.agent.MerlonProcess;
import io.merlon.agent.MerlonProcess.Run;
import io.merlon.agent.WantedProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the payments example, as a file and in a browser. */
class MatrixPageTest {
  private static final Path SCREENSHOT = Path.of("target/matrix.png");
  private static final Duration LOADED = Duration.ofSeconds(30);
  private static final String DENIED =
      "td[data-from=\"guests/intruder\"][data-to=\"payments/database\"]";

  @TempDir Path folder;
  private Path page = Path.of("");

  @BeforeEach
  void write() throws Exception {
    page = folder.resolve("matrix.html");
    Run run =
        MerlonProcess.run(
            "matrix", "--manifests", "../docs/examples/payments", "--html", page.toString());
    assertEquals(0, run.code(), run.all());
    assertEquals("", run.all());
  }

  @Test
  void needsNothingBesideItself() throws Exception {
    String text = Files.readString(page);
    assertFalse(text.replace("http://www.w3.org/2000/svg", "").contains("http"), text);
    assertFalse(text.contains("src="), text);
    assertFalse(text.contains("@import"), text);
    assertFalse(text.contains("@DATA@"), text);
  }

  @Test
  void saysWhyWhereItIsClickedAndWhereKeysLead() throws Exception {
    Path program = WantedProgram.chromium();
    try (Browser browser = Browser.open(program, folder.resolve("profile"), page.toUri())) {
      await(browser, "document.querySelectorAll('td').length > 0");
      assertEquals("4 ends, 96 connections asked about, 40 allowed.", text(browser, "#summary"));
      assertEquals("16", browser.evaluate("document.querySelectorAll('td').length"));
      assertEquals("4", browser.evaluate("document.querySelectorAll('svg .work').length"));
      // frontend to api, api to database, and what is open because nobody closed it.
      assertTrue(edges(browser).contains("web/frontend -> payments/payments-api"));
      assertTrue(edges(browser).contains("payments/payments-api -> payments/database"));
      assertFalse(edges(browser).contains("guests/intruder -> payments"));
      browser.click(DENIED);
      String why = text(browser, "#reason");
      assertTrue(why.contains("guests/intruder -> payments/database 5432/tcp IPv4: denied"), why);
      assertTrue(why.contains("no rule of NetworkPolicy payments/database-for-payments-role"), why);
      browser.press("ArrowDown");
      browser.press("ArrowDown");
      browser.press("Enter");
      String next = text(browser, "#reason");
      assertTrue(
          next.contains("payments/payments-api -> payments/database 5432/tcp IPv4: allowed"), next);
      assertTrue(next.contains("payments/api-to-database egress[0]"), next);
      browser.click("g[data-work=\"payments/database\"]");
      String own = text(browser, "#reason");
      assertTrue(own.contains("is reached by: payments/payments-api (5432/tcp)"), own);
      browser.evaluate("window.scrollTo(0, 0)");
      browser.screenshot(SCREENSHOT);
    }
    assertTrue(Files.size(SCREENSHOT) > 10_000, "a picture of something");
  }

  private static String edges(Browser browser) throws InterruptedException {
    return browser.evaluate(
        "[...document.querySelectorAll('path[data-edge]')].map(e => e.dataset.edge).join('\\n')"
            .replace("\\n", ";"));
  }

  private static String text(Browser browser, String selector) throws InterruptedException {
    return browser.evaluate("document.querySelector('" + selector + "').textContent");
  }

  private static void await(Browser browser, String condition) throws InterruptedException {
    long end = System.nanoTime() + LOADED.toNanos();
    while (!browser.evaluate(condition).equals("true")) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not within " + LOADED + ": " + condition);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
