package io.jenkins.plugins.armory.acceptance.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps requests byte by byte as they came over the wire, and answers each with a 202. */
public final class RawServer implements AutoCloseable {

    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\nContent-Length: *(\\d+)\r\n");
    private static final byte[] ACCEPTED = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    public RawServer() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        Thread thread = new Thread(this::listen, "raw server");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                requests.add(read(socket.getInputStream()));
                socket.getOutputStream().write(ACCEPTED);
            } catch (IOException x) {
                // Closed, or the caller hung up.
            }
        }
    }

    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ends in its head");
            }
            bytes.write(next);
            head = bytes.toString(StandardCharsets.ISO_8859_1);
        }
        Matcher length = CONTENT_LENGTH.matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return head + new String(body, StandardCharsets.UTF_8);
    }

    /** Host and port. */
    public String authority() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Waits for the next request: its head as it came, and its body read as UTF-8. */
    public String awaitRequest() {
        try {
            String request = requests.poll(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("No request arrives");
            }
            return request;
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }

    /** Whether all requests were taken by {@link #awaitRequest}. */
    public boolean hasNoMore() {
        return requests.isEmpty();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
