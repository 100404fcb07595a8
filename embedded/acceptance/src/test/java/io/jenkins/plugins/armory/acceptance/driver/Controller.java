package io.jenkins.plugins.armory.acceptance.driver;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A controller as an operating system process. It may be stopped or killed and started again as often as a test likes;
 * its home and its URL stay the same.
 */
public interface Controller extends AutoCloseable {

    /**
     * Options of a process that lives for seconds: it ends before the second compiler and the threads of the garbage
     * collector give back what they cost. They take half the processor time from the suite.
     */
    List<String> LIVES_SHORTLY =
            List.of("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=4", "-XX:+UseSerialGC", "-Xmn64m");

    /**
     * The controller that this run of the suite is about, not started yet. It is compiled as little as suits a short
     * life; see {@link #createForMeasuring}.
     *
     * @param casc settings and credentials, in the schema of Configuration as Code
     * @param javaOptions for the process, before others
     */
    static Controller create(String casc, String... javaOptions) {
        Stream<String> shortLife = isReal()
                ? LIVES_SHORTLY.stream()
                : Stream.concat(LIVES_SHORTLY.stream(), Stream.of(ClassArchive.javaOption()));
        return create(casc, Stream.concat(shortLife, Stream.of(javaOptions)));
    }

    /** The same with the options of Java that an administrator would have, for figures. */
    static Controller createForMeasuring(String casc, String... javaOptions) {
        return create(casc, Stream.of(javaOptions));
    }

    private static Controller create(String casc, Stream<String> javaOptions) {
        ControllerProcess controller = isReal() ? RealJenkins.create(casc) : new EmbeddedController(casc);
        controller.setJavaOptions(javaOptions.toList());
        return controller;
    }

    /** Whether this run of the suite is about a real Jenkins, and not the embedded controller. */
    static boolean isReal() {
        return !System.getProperty("jenkins.war", "").isEmpty();
    }

    /**
     * The same, but with no more than the plugin needs: a real Jenkins gets those of the plugins alone without which no
     * Pipeline would run. For tests that start it often.
     */
    static Controller createLean(String casc, String... javaOptions) {
        if (!isReal()) {
            return create(casc, javaOptions);
        }
        RealJenkins controller = new RealJenkins(
                Path.of(System.getProperty("jenkins.war")), Plugins.given().lean(), casc);
        controller.setJavaOptions(
                Stream.concat(LIVES_SHORTLY.stream(), Stream.of(javaOptions)).toList());
        return controller;
    }

    /** What kind of controller this is, in plain words. */
    String description();

    /** Adds to the environment of processes that are started from now on. */
    void setEnvironment(Map<String, String> variables);

    /** Starts the process, if it does not run, and returns once the controller is up. */
    void start();

    /**
     * Starts the process of a controller that ran before and returns at once. Its builds are loaded a while after it
     * has begun to take requests, as on a controller with many of them.
     */
    void startLoadingSlowly();

    /** Starts the process of a controller that ran before and returns at once. */
    void launch();

    /** Whether there is a process. */
    boolean isAlive();

    /** The id of the process. */
    long pid();

    /** The folder where it keeps all that it keeps. */
    Path home();

    /** Ends the process in an orderly way (SIGTERM). */
    void stop();

    /** Ends the process without any warning (SIGKILL). */
    void kill();

    /** What the process has printed since its start. */
    String output();

    /** The processor time that the process has taken since its start, in seconds. */
    double processorSeconds();

    /** All that is alive in the heap of the process, in bytes, after the garbage was collected. */
    long liveBytes();

    /** All that the process keeps on disk, its output included, in bytes. */
    long diskBytes();

    /** Where the controller is reached, with a slash at its end. */
    String url();

    /** The {@code Authorization} of somebody who may do everything; empty where nobody has to log in. */
    Optional<String> authorization();

    /**
     * The {@code Authorization} of {@code alice}, {@code bob}, {@code carol} or {@code admin}, with which no crumb is
     * needed.
     */
    String authorizationOf(String user);

    /** Ends the process, whatever state it is in, and removes its home. */
    @Override
    void close();
}
