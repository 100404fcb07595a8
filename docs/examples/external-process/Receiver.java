import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An external process for webhook approvals: answers the webhook's request at once, and starts a script that does the work and
 * calls back. Needs only a JDK:
 *
 * <pre>java Receiver.java [--port N] [--check SCRIPT]</pre>
 *
 * It listens on the loopback address only. The webhook is a POST to {@code /checks} with JSON, such as the default body. The script
 * gets the known fields as environment variables; those of the {@code context} count too.
 */
public final class Receiver {

    private static final String DEFAULT_PORT = "8070";
    private static final String DEFAULT_CHECK = "check.sh";
    private static final int MAX_BYTES = 64 * 1024;

    /** A field with a text. The example has no library, and takes no text that needs escaping. */
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\"\\s*:\\s*\"([^\"\\\\]*)\"");

    /** Only these fields, since a request must not set PATH. */
    private static final Map<String, String> VARIABLES = Map.of(
            "callbackUri", "CALLBACK_URI",
            "callbackToken", "CALLBACK_TOKEN",
            "environment", "ENVIRONMENT",
            "outcome", "OUTCOME");

    private final Path check;

    private Receiver(Path check) {
        this.check = check;
    }

    public static void main(String[] args) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of("--port", DEFAULT_PORT, "--check", DEFAULT_CHECK));
        for (int i = 0; i < args.length; i += 2) {
            if (!options.containsKey(args[i]) || i + 1 == args.length) {
                System.err.println("usage: java Receiver.java [--port N] [--check SCRIPT]   (port 0 picks a free one)");
                System.exit(2);
            }
            options.put(args[i], args[i + 1]);
        }
        Receiver receiver = new Receiver(Path.of(options.get("--check")).toAbsolutePath());
        int port = Integer.parseInt(options.get("--port"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", receiver::handle);
        server.start();
        System.out.println("The receiver is up: http://127.0.0.1:" + server.getAddress().getPort() + "/checks");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = "";
            int status = 202;
            if (!exchange.getRequestURI().getPath().equals("/checks")) {
                status = 404;
            } else if (!exchange.getRequestMethod().equals("POST")) {
                status = 405;
            } else {
                byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES);
                Map<String, String> request = fields(new String(body, StandardCharsets.UTF_8));
                if (request.containsKey("callbackUri")) {
                    start(request);
                } else {
                    status = 400;
                    text = "Send JSON with callbackUri and callbackToken, as the default body is.\n";
                }
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Map<String, String> fields(String json) {
        Map<String, String> fields = new HashMap<>();
        FIELD.matcher(json).results().forEach(field -> fields.put(field.group(1), field.group(2)));
        return fields;
    }

    /** Starts the script without waiting for it, so that the webhook is answered at once. */
    private void start(Map<String, String> request) throws IOException {
        ProcessBuilder script = new ProcessBuilder("sh", check.toString()).inheritIO();
        VARIABLES.forEach((field, variable) -> {
            script.environment().remove(variable);
            if (request.containsKey(field)) {
                script.environment().put(variable, request.get(field));
            }
        });
        script.start();
    }
}
