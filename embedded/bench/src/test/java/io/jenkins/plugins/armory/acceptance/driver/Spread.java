package io.jenkins.plugins.armory.acceptance.driver;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A figure of the rounds of a benchmark: its median, and the least and the greatest. */
public final class Spread {

    private Spread() {}

    /** @param format of one value */
    public static <R> String of(List<R> rounds, ToDoubleFunction<R> figure, String format) {
        return of(rounds.stream().mapToDouble(figure).toArray(), format);
    }

    /** The figure of each round to that of another's round of the same number. */
    public static <R> String ratio(List<R> rounds, List<R> others, ToDoubleFunction<R> figure) {
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(others.get(i));
        }
        return of(ratios, "%.2f");
    }

    private static String of(double[] values, String format) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                format + " (" + format + " to " + format + ")",
                sorted[sorted.length / 2],
                sorted[0],
                sorted[sorted.length - 1]);
    }
}
