package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A page of a {@link Browser}. */
public final class BrowserPage implements AutoCloseable {

    /** Notes, before any script of a page runs, what its content security policy keeps from happening or reports. */
    private static final String WATCHING = """
            window.violations = [];
            document.addEventListener('securitypolicyviolation', (event) =>
              window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`));
            """;

    private static final int MAX_TABS = 200;
    private static final String AXE = resource("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js");

    private static String resource(String name) {
        try (InputStream content = BrowserPage.class.getResourceAsStream(name)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();

    BrowserPage(String url) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(url), new Listener())
                .join();
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(parse(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private static JsonNode parse(String json) {
        try {
            return Http.JSON.readTree(json);
        } catch (JsonProcessingException x) {
            throw new AssertionError("Not JSON: " + json, x);
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer =
                    answers.remove(message.get("id").asInt());
            if (answer != null) {
                answer.complete(message);
            }
        } else if (message.path("method").asText().matches("Runtime.exceptionThrown|Page.javascriptDialogOpening")) {
            troubles.add(message.toString());
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        ObjectNode message = Http.JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", Http.JSON.valueToTree(parameters));
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(message.toString(), true).join();
        JsonNode got =
                answer.orTimeout(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        if (got.has("error")) {
            throw new AssertionError(method + ": " + got.get("error"));
        }
        return got.get("result");
    }

    void prepare(int width, int height, Optional<String> authorization) {
        call("Page.enable", Map.of());
        call("Runtime.enable", Map.of());
        call("Network.enable", Map.of());
        watch(WATCHING);
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        authorization.ifPresent(
                value -> call("Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Authorization", value))));
    }

    /** Runs a script in every document from now on, before any script of its own. */
    public void watch(String script) {
        call("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    /** Goes to an address, and returns when the page begins to be there. */
    public BrowserPage goTo(String url) {
        JsonNode answer = call("Page.navigate", Map.of("url", url));
        if (answer.has("errorText")) {
            throw new AssertionError(url + ": " + answer);
        }
        Wait.until(url + " is there")
                .until(() -> evaluate("location.href === " + Http.JSON.valueToTree(url)
                                + " && document.readyState === 'complete'")
                        .asBoolean());
        return this;
    }

    /** The value of a JavaScript expression, which may be a promise. */
    public JsonNode evaluate(String expression) {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.get("result").path("value");
    }

    /** Waits until an expression is true. */
    public BrowserPage await(String expression) {
        Wait.until(expression)
                .until(() -> evaluate("Boolean(" + expression + ")").asBoolean());
        return this;
    }

    /** Types into what has the focus. */
    public void type(String text) {
        call("Input.insertText", Map.of("text", text));
    }

    /** Presses the tabulator key. */
    public void tab() {
        press("Tab", 9, "");
    }

    /** Presses the return key, which a button takes for a click. */
    public void enter() {
        press("Enter", 13, "\r");
    }

    public void escape() {
        press("Escape", 27, "");
    }

    private void press(String name, int code, String text) {
        for (String type : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", name, "code", name, "windowsVirtualKeyCode", code, "text", text));
        }
    }

    /** Presses the tabulator key until the element has the focus that the selector names. */
    public void tabTo(String selector) {
        String focused = "document.activeElement.matches(" + Http.JSON.valueToTree(selector) + ")";
        for (int i = 0; !evaluate(focused).asBoolean(); i++) {
            if (i == MAX_TABS) {
                throw new AssertionError(selector + " is not reached with the tabulator key");
            }
            tab();
        }
    }

    /** Clicks the element that the selector names, with the mouse, as often as that. */
    public void click(String selector, int times) {
        JsonNode at = evaluate("""
                (async () => {
                  const element = document.querySelector(%s);
                  element.scrollIntoView({ block: 'center' });
                  // A dialog moves while it opens: who clicks where the button was, misses it.
                  await Promise.allSettled(document.getAnimations()
                      .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
                      .map(({ finished }) => finished));
                  const { left, top, width, height } = element.getBoundingClientRect();
                  return { x: left + width / 2, y: top + height / 2 };
                })()
                """.formatted(Http.JSON.valueToTree(selector)));
        for (int i = 1; i <= times; i++) {
            for (String type : List.of("mousePressed", "mouseReleased")) {
                call(
                        "Input.dispatchMouseEvent",
                        Map.of(
                                "type",
                                type,
                                "x",
                                at.get("x").asDouble(),
                                "y",
                                at.get("y").asDouble(),
                                "button",
                                "left",
                                "clickCount",
                                i));
            }
        }
    }

    /** What axe-core finds to be a problem in the element that the selector names. */
    public List<String> problems(String selector) {
        evaluate("window.axe ? 0 : (() => {" + AXE + "})()");
        JsonNode found = evaluate("axe.run(" + Http.JSON.valueToTree(selector)
                + ").then((results) => results.violations.map(({ id, nodes }) => id + ': '"
                + " + nodes.map(({ html, failureSummary }) => html + failureSummary).join()))");
        return Http.JSON.convertValue(
                found, Http.JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    /** What the style sheets are told that the user prefers: {@code light} or {@code dark}. */
    public void prefer(String colours) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
    }

    /** Writes a picture of the page as it is shown. */
    public void screenshot(Path png) {
        try {
            Files.write(
                    png,
                    Base64.getDecoder()
                            .decode(call("Page.captureScreenshot", Map.of())
                                    .get("data")
                                    .asText()));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Errors that no script caught, and dialogs that scripts opened. */
    public List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** What violated the content security policy of the page. */
    public List<String> violations() {
        return Http.JSON.convertValue(
                evaluate("window.violations"),
                Http.JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
