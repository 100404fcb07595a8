package io.jenkins.plugins.armory.acceptance;

/** The seed of what the suite tries at random: the same in each run, so that no build is red by chance. */
final class Seed {

    private static final long FIXED = 1;

    private Seed() {}

    /**
     * Returns {@code -Dacceptance.seed}, a new one with {@code -Dproperties.fresh}, and else the fixed one; and prints
     * it.
     *
     * @param what is tried, for the line that is printed
     */
    static long of(String what) {
        boolean fresh = System.getProperty("properties.fresh") != null;
        long seed = Long.getLong("acceptance.seed", fresh ? System.nanoTime() : FIXED);
        System.out.println(what + ": -Dacceptance.seed=" + seed);
        return seed;
    }
}
