package io.jenkins.plugins.armory;

import java.util.Random;

/**
 * Tries a property many times, each with a seed of its own. The seeds are the same in every run, so that no build is
 * red by chance. {@code -Dproperties.fresh} draws others, {@code -Dproperties.cases=100} tries a hundred times as many,
 * and {@code -Dproperties.seed=N} tries the one that a failure named.
 */
public final class Seeds {

    private static final long FIXED = 1;

    private Seeds() {}

    /** One case of a property. */
    public interface Case {
        void run(Draw draw) throws Throwable;
    }

    /** Runs a case for each of so many seeds. */
    public static void each(int cases, Case one) {
        Long seed = Long.getLong("properties.seed");
        if (seed != null) {
            run(seed, one);
            return;
        }
        boolean fresh = System.getProperty("properties.fresh") != null;
        var seeds = fresh ? new Random() : new Random(FIXED); // seeds in a row would make draws that are alike
        for (int i = cases * Integer.getInteger("properties.cases", 1); i > 0; i--) {
            run(seeds.nextLong(), one);
        }
    }

    private static void run(long seed, Case one) {
        try {
            one.run(new Draw(seed));
        } catch (Throwable x) { // an assertion that fails is an error
            throw new AssertionError(x + "\nRepeat this case with -Dproperties.seed=" + seed, x);
        }
    }
}
