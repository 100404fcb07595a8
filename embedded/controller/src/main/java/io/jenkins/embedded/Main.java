package io.jenkins.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee9.nested.ErrorHandler;
import org.eclipse.jetty.ee9.servlet.DefaultServlet;
import org.eclipse.jetty.ee9.servlet.ServletContextHandler;
import org.eclipse.jetty.ee9.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.kohsuke.args4j.CmdLineException;
import org.kohsuke.args4j.CmdLineParser;
import org.kohsuke.args4j.Option;

/**
 * Starts the embedded controller: a small stand-in for a Jenkins controller, to try and test the plugin with on a
 * machine that has none. It is not for production.
 */
public final class Main {
    private static final String USAGE =
            "usage: java -jar embedded-controller.jar --home DIR --port N (0 picks a free one)";
    private static final int USAGE_STATUS = 2;
    private static final int MAX_HEADER_BYTES = 8 << 10;

    /** Held for as long as the process lives. */
    private static FileLock lock;
    /** Loggers are forgotten, with their levels, when nobody holds them. */
    private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

    @Option(name = "--home", required = true)
    private Path home;

    @Option(name = "--port", required = true)
    private int port;

    private Main() {}

    public static void main(String[] args) throws Exception {
        var options = new Main();
        try {
            new CmdLineParser(options).parseArgument(args);
        } catch (CmdLineException e) {
            System.err.println(USAGE);
            System.exit(USAGE_STATUS);
        }
        JETTY.setLevel(Level.WARNING);
        // What it runs is on this machine, unless somebody wants to see how it is without.
        System.getProperties().putIfAbsent("io.jenkins.plugins.armory.allowLoopback", "true");
        try {
            start(options.home.toAbsolutePath().normalize(), options.port);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            System.err.println("The embedded controller cannot start: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void start(Path home, int port) throws Exception {
        // Jenkins has no such lock; tests show what becomes of the plugin then.
        if (!Boolean.getBoolean("embedded.sharesHome")) {
            lock(home);
        }
        var server = new Server();
        var connector = connector(server, port);
        // bound before it serves: the settings need the URL
        connector.open();
        var url = "http://" + connector.getHost() + ":" + connector.getLocalPort() + "/";
        var jenkins = new EmbeddedJenkins(home);
        jenkins.load(url);

        var context = new ServletContextHandler();
        context.setContextPath("/");
        var errors = new ErrorHandler();
        errors.setShowStacks(false);
        context.setErrorHandler(errors);
        context.addServlet(new ServletHolder(new ControllerServlet(jenkins)), "/*");
        context.addServlet(files("controller-webapp/"), "/controller/*");
        context.addServlet(files("plugin-webapp/"), "/plugin/" + Pages.PLUGIN + "/*");
        server.setHandler(context);
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(jenkins, server), "shutdown"));
        System.out.println("Embedded controller is up: " + url);
        jenkins.resumeBuilds(Long.getLong("embedded.resumeDelayMillis", 0));
    }

    private static ServletHolder files(String folder) {
        var files = new ServletHolder(folder, DefaultServlet.class);
        files.setInitParameter(
                "baseResource", ClassLoader.getSystemResource(folder).toString());
        files.setInitParameter("pathInfoOnly", "true");
        files.setInitParameter("dirAllowed", "false");
        return files;
    }

    private static void lock(Path home) throws IOException {
        Files.createDirectories(home);
        var channel = FileChannel.open(home.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = channel.tryLock();
        if (lock == null) {
            throw new IllegalStateException("another one is running on " + home);
        }
    }

    private static ServerConnector connector(Server server, int port) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        var connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        return connector;
    }

    private static void stop(EmbeddedJenkins jenkins, Server server) {
        jenkins.shutDown();
        try {
            server.stop();
        } catch (Exception e) {
            System.err.println("The HTTP server did not stop as it should: " + e);
        }
    }
}
