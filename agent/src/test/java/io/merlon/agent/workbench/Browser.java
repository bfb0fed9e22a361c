package io.merlon.agent.workbench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A page in a Chromium without a screen, driven by its own protocol. */
public final class Browser implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://([^/]+)/.*");
  private static final int SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final Answers answers;
  private int number;

  private Browser(Process process, WebSocket socket, Answers answers) {
    this.process = process;
    this.socket = socket;
    this.answers = answers;
  }

  /** Opens a page. The network is off: every name resolves to nothing. */
  public static Browser open(Path program, Path profile, URI page) throws Exception {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank")
            .redirectErrorStream(true)
            .start();
    String place = listening(process);
    HttpClient http = HttpClient.newHttpClient();
    String opened =
        http.send(
                HttpRequest.newBuilder(URI.create("http://" + place + "/json/new?" + page))
                    .method("PUT", HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Answers answers = new Answers();
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create(String.valueOf(object(opened).get("webSocketDebuggerUrl"))), answers)
            .get(SECONDS, TimeUnit.SECONDS);
    Browser browser = new Browser(process, socket, answers);
    browser.ask("Page.bringToFront", "{}");
    return browser;
  }

  private static String listening(Process process) throws IOException {
    BufferedReader in = process.inputReader(StandardCharsets.UTF_8);
    List<String> said = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      said.add(line);
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.matches()) {
        Thread.ofPlatform().daemon().name("browser-output").start(() -> drain(in));
        return matcher.group(1);
      }
    }
    throw new IllegalStateException("the browser ended: " + said);
  }

  private static void drain(BufferedReader in) {
    try {
      while (in.readLine() != null) {
        // Nobody wants to know, but the pipe must not fill.
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  private static Map<?, ?> object(String json) {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(json);
    return loaded instanceof Map<?, ?> map ? map : Map.of();
  }

  /** Sends a command; its result, as JSON's objects. */
  private Map<?, ?> ask(String method, String parameters) throws InterruptedException {
    number++;
    var _ =
        socket.sendText(
            "{\"id\":%d,\"method\":\"%s\",\"params\":%s}".formatted(number, method, parameters),
            true);
    while (true) {
      @Nullable String answer = answers.whole.poll(SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException(method + ": no answer");
      }
      Map<?, ?> object = object(answer);
      if (Integer.valueOf(number).equals(object.get("id"))) {
        if (object.get("result") instanceof Map<?, ?> result) {
          return result;
        }
        throw new IllegalStateException(method + ": " + answer);
      }
    }
  }

  /** The value of an expression of JavaScript. */
  public String evaluate(String expression) throws InterruptedException {
    String quoted = expression.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    Map<?, ?> answer =
        ask("Runtime.evaluate", "{\"expression\":\"" + quoted + "\",\"returnByValue\":true}");
    if (answer.containsKey("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer);
    }
    return answer.get("result") instanceof Map<?, ?> result
        ? String.valueOf(result.get("value"))
        : "";
  }

  /** Clicks in the middle of an element, with the mouse. */
  public void click(String selector) throws InterruptedException {
    String[] at =
        evaluate(
                "(() => { const e = document.querySelector('%s'); e.scrollIntoView({block:'center'}); const r = e.getBoundingClientRect(); return (r.x + r.width / 2) + ' ' + (r.y + r.height / 2); })()"
                    .formatted(selector))
            .split(" ", -1);
    for (String type : List.of("mousePressed", "mouseReleased")) {
      ask(
          "Input.dispatchMouseEvent",
          "{\"type\":\"%s\",\"x\":%s,\"y\":%s,\"button\":\"left\",\"clickCount\":1}"
              .formatted(type, at[0], at[1]));
    }
  }

  /** Presses a key, as a keyboard does. */
  public void press(String key) throws InterruptedException {
    for (String type : List.of("keyDown", "keyUp")) {
      ask("Input.dispatchKeyEvent", "{\"type\":\"%s\",\"key\":\"%s\"}".formatted(type, key));
    }
  }

  public void screenshot(Path file) throws IOException, InterruptedException {
    ask(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":1280,\"height\":1100,\"deviceScaleFactor\":1,\"mobile\":false}");
    Map<?, ?> answer = ask("Page.captureScreenshot", "{}");
    Files.write(file, Base64.getDecoder().decode(String.valueOf(answer.get("data"))));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  /** Puts messages together from their parts. */
  private static final class Answers implements WebSocket.Listener {
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        whole.add(part.toString());
        part.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
