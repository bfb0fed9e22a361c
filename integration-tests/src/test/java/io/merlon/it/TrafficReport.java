package io.merlon.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Rates of traffic, round by round, and what they make beside the budgets. */
final class TrafficReport {
  private final Map<TrafficKind, Map<TrafficWay, List<Double>>> rates =
      new EnumMap<>(TrafficKind.class);

  void add(TrafficKind kind, TrafficWay way, double rate) {
    rates
        .computeIfAbsent(kind, k -> new EnumMap<>(TrafficWay.class))
        .computeIfAbsent(way, w -> new ArrayList<>())
        .add(rate);
  }

  private int rounds() {
    return rates.values().stream()
        .flatMap(ways -> ways.values().stream())
        .mapToInt(List::size)
        .max()
        .orElse(0);
  }

  /** The median of the rounds' ratios, and how far they spread. */
  private static double[] ratios(
      TrafficKind kind, Map<TrafficWay, List<Double>> ways, TrafficWay way) {
    List<Double> none = ways.getOrDefault(TrafficWay.NONE, List.of());
    List<Double> these = ways.getOrDefault(way, List.of());
    double[] ratios = new double[these.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = kind.ratio(these.get(i), none.get(i));
    }
    Arrays.sort(ratios);
    return ratios;
  }

  void print() {
    System.out.printf(
        "Ratio to no program, median of %d rounds (min-max), Linux %s%n%n%-25s %-18s %-26s %s%n",
        rounds(), System.getProperty("os.version"), "", "empty tcx", "tcx", "clsact");
    rates.forEach((kind, ways) ->
        System.out.printf(
            "%-25s %-18s %-26s %s%n",
            kind.title,
            text(ratios(kind, ways, TrafficWay.EMPTY_TCX)),
            verdict(kind, ratios(kind, ways, TrafficWay.TCX), kind.tcx),
            verdict(kind, ratios(kind, ways, TrafficWay.CLSACT), kind.clsact)));
  }

  private static String text(double[] sorted) {
    return "%.2f (%.2f-%.2f)"
        .formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
  }

  private static String verdict(TrafficKind kind, double[] sorted, double budget) {
    boolean within = kind.within(sorted[sorted.length / 2], budget);
    return "%s %s %.2f %s"
        .formatted(text(sorted), kind.time ? "<=" : ">=", budget, within ? "ok" : "over");
  }
}
