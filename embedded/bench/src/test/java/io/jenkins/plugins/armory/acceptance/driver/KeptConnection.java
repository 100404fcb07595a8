package io.jenkins.plugins.armory.acceptance.driver;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A connection to a server on this machine that is kept from one request to the next. It does so little itself that
 * what it measures is the server, although both run on the same processors.
 */
public final class KeptConnection implements AutoCloseable {

    private static final int BUFFER = 4096;

    private final String host;
    private final Socket socket;
    private final InputStream in;

    public KeptConnection(String url) throws IOException {
        URI uri = URI.create(url);
        host = uri.getAuthority();
        socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    }

    /**
     * A POST request with a JSON body, to be sent with {@link #send}.
     *
     * @param path with the slash at its start
     * @param authorization of the header of that name; {@code null} for none
     */
    public byte[] post(String path, String authorization, String body) {
        return post(path, authorization == null ? Map.of() : Map.of("Authorization", authorization), body);
    }

    /** The same with any headers. */
    public byte[] post(String path, Map<String, String> headers, String body) {
        return ("POST " + path + " HTTP/1.1\r\nHost: " + host
                        + headers.entrySet().stream()
                                .map(header -> "\r\n" + header.getKey() + ": " + header.getValue())
                                .collect(Collectors.joining())
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Sends a request and reads the answer.
     *
     * @return the status of the answer
     */
    public int send(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            } else if (header.toLowerCase(Locale.ROOT).startsWith("transfer-encoding:")) {
                throw new IOException("A chunked answer: " + header);
            }
        }
        in.skipNBytes(length);
        return status;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("The server closed the connection");
            } else if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
