package io.merlon.agent.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads a running agent's flows. */
public final class FlowClient {
  private static final String PATH = "/v1/flows";
  private static final String DATA = "data: ";

  private FlowClient() {}

  /**
   * Hands over flows, each a line of JSON.
   *
   * @param follow whether to go on until the connection ends
   */
  public static void read(AgentAddress at, String query, boolean follow, Consumer<String> line)
      throws IOException {
    if (!follow) {
      lines(StatusClient.get(at, PATH + (query.isEmpty() ? "" : "?" + query))).forEach(line);
      return;
    }
    try (AgentAddress.Connection connection = at.connect(0)) {
      String path = PATH + "?follow" + (query.isEmpty() ? "" : "&" + query);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      connection.out().write(request.getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(connection.in(), StandardCharsets.UTF_8));
      String status = answer.readLine();
      if (status == null || !status.startsWith("HTTP/1.1 200 ")) {
        throw new IOException("/v1/flows: " + (status == null ? "no answer" : status));
      }
      String next = answer.readLine();
      while (next != null) {
        if (next.startsWith(DATA)) {
          line.accept(next.substring(DATA.length()));
        }
        next = answer.readLine();
      }
    }
  }

  /** The flows of the page of the latest, each a line of JSON. */
  public static List<String> lines(String page) {
    return page.substring(1, page.length() - 1)
        .lines()
        .map(line -> line.endsWith(",") ? line.substring(0, line.length() - 1) : line)
        .toList();
  }

  /** A flow, or how many were missed, for people, in one line. */
  public static String text(String json) {
    Map<?, ?> flow = object(json);
    if (flow.containsKey("missed")) {
      return "# " + text(flow, "missed") + " flows are missing here: they were not read in time";
    }
    String policy = text(flow, "policy");
    String ending = text(flow, "ending");
    String glass = text(flow, "glass");
    return "%s %-10s %s %s -> %s %s%s%s%s%s [%s]"
        .formatted(
            text(flow, "time"),
            text(flow, "verdict"),
            text(flow, "direction"),
            end(flow, "source"),
            end(flow, "destination"),
            text(flow, "protocol"),
            ending.isEmpty() ? "" : " " + ending,
            " " + text(flow, "reason"),
            policy.isEmpty() ? "" : " by " + policy + " " + text(flow, "rule"),
            glass.isEmpty() ? "" : " GLASS BROKEN (" + glass + ")",
            text(flow, "id"));
  }

  /** What decided a flow, in sentences. */
  public static String why(String json) {
    Map<?, ?> flow = object(json);
    StringBuilder text = new StringBuilder(text(json)).append('\n');
    String glass = text(flow, "glass");
    if (!glass.isEmpty()) {
      text.append("the glass is broken for the ")
          .append(glass)
          .append(": denials are not carried out\n");
    }
    text.append(text(flow, "verdict")).append(" at the ").append(text(flow, "direction"));
    text.append(" of the local pod, in mode ").append(text(flow, "mode")).append(": ");
    Collection<?> isolating =
        flow.get("isolating") instanceof Collection<?> list ? list : List.of();
    switch (text(flow, "reason")) {
      case "rule", "metadata-guard" ->
          text.append("by ").append(text(flow, "policy")).append(' ').append(text(flow, "rule"));
      case "default-deny" -> {
        text.append("no rule allows it, and these policies isolate the pod:");
        isolating.forEach(policy -> text.append("\n  ").append(policy));
      }
      case "default-allow" -> text.append("no policy isolates the pod");
      default -> text.append(text(flow, "reason"));
    }
    return text.toString();
  }

  private static String end(Map<?, ?> flow, String field) {
    if (!(flow.get(field) instanceof Map<?, ?> end)) {
      return "?";
    }
    String namespace = text(end, "namespace");
    String name = text(end, "name");
    String who =
        namespace.isEmpty() ? (name + " " + text(end, "address")).strip() : namespace + "/" + name;
    return who + ":" + text(end, "port");
  }

  private static String text(Map<?, ?> object, String field) {
    Object value = object.get(field);
    return value == null ? "" : String.valueOf(value);
  }

  /** JSON is YAML. */
  private static Map<?, ?> object(String json) {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(json);
    return loaded instanceof Map<?, ?> map ? map : Map.of();
  }
}
