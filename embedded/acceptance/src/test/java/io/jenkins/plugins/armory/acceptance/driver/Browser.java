package io.jenkins.plugins.armory.acceptance.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chromium without a window, told what to do over its DevTools protocol, on loopback. */
public final class Browser implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://(127\\.0\\.0\\.1:\\d+)/.*");

    private final Path profile;
    private final Process process;
    private final String address;
    /** By the id that the browser knows them by. */
    private final Map<String, BrowserPage> pages = new HashMap<>();

    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    public Browser() {
        try {
            profile = Files.createTempDirectory(JavaProcess.workFolder(), "browser-");
            process = new ProcessBuilder(
                            PROGRAM.toString(),
                            "--headless=new",
                            "--no-sandbox", // it would not start as root otherwise; all it opens is what the tests
                            // serve
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--no-first-run",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectErrorStream(true)
                    .start();
            address = awaitAddress();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private String awaitAddress() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder printed = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.matches()) {
                Thread reader = new Thread(() -> output.lines().forEach(ignored -> {}), "output of the browser");
                reader.setDaemon(true);
                reader.start();
                return listening.group(1);
            }
            printed.append(line).append('\n');
        }
        throw new IllegalStateException("Chromium ended before it listened: " + printed);
    }

    /**
     * A new page of that size, in pixels.
     *
     * @param authorization to send with every request of the page
     */
    public BrowserPage open(int width, int height, Optional<String> authorization) {
        Answer answer = Http.send(
                Http.request("http://" + address + "/json/new?about:blank").PUT(BodyPublishers.noBody()));
        BrowserPage page =
                new BrowserPage(answer.json().get("webSocketDebuggerUrl").asText());
        pages.put(answer.json().get("id").asText(), page);
        page.prepare(width, height, authorization);
        return page;
    }

    /**
     * Closes all pages. An open one asks its controller for news, and draws them, whether anybody looks at it or not.
     */
    public void closePages() {
        pages.forEach((id, page) -> {
            Http.send(Http.request("http://" + address + "/json/close/" + id));
            page.close();
        });
        pages.clear();
    }

    @Override
    public void close() {
        pages.values().forEach(BrowserPage::close);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
