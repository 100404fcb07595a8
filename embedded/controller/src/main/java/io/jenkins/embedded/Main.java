package io.jenkins.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee9.nested.ErrorHandler;
import org.eclipse.jetty.ee9.servlet.ServletContextHandler;
import org.eclipse.jetty.ee9.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Starts the embedded controller: a small stand-in for a Jenkins controller, to try and test the plugin with on a machine
 * that has none. It is not for production.
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

    private Main() {}

    public static void main(String[] args) throws Exception {
        Path home;
        int port;
        try {
            var options = parse(args);
            home = Path.of(options.get("--home")).toAbsolutePath().normalize();
            port = Integer.parseInt(options.get("--port"));
        } catch (IllegalArgumentException e) {
            System.err.println(USAGE);
            System.exit(USAGE_STATUS);
            return;
        }
        JETTY.setLevel(Level.WARNING);
        // What it runs is on this machine, unless somebody wants to see how it is without.
        System.getProperties().putIfAbsent("io.jenkins.plugins.armory.allowLoopback", "true");
        try {
            start(home, port);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            System.err.println("The embedded controller cannot start: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Map<String, String> parse(String[] args) {
        var options = new HashMap<String, String>();
        for (var i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        if (args.length % 2 != 0 || !options.keySet().equals(Set.of("--home", "--port"))) {
            throw new IllegalArgumentException("Not the options expected");
        }
        return options;
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
        server.setHandler(context);
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(jenkins, server), "shutdown"));
        System.out.println("Embedded controller is up: " + url);
        jenkins.resumeBuilds(Long.getLong("embedded.resumeDelayMillis", 0));
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
