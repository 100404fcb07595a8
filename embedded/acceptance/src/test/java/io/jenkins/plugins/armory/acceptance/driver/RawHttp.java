package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends bytes that need not be a proper HTTP request, which no HTTP client would. */
public final class RawHttp {

    private static final int TIMEOUT_MILLIS = 60_000;

    private RawHttp() {}

    /**
     * Sends them over a connection of their own.
     *
     * @return all that came back; cut short, or empty, when the server closed the connection on what it was sent
     */
    public static String exchange(URI server, byte[] request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            StringBuilder answer = new StringBuilder();
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
            } catch (IOException x) {
                // Refused before all of it was sent; there may be an answer nevertheless.
            }
            try {
                byte[] buffer = new byte[8192];
                for (int n = socket.getInputStream().read(buffer);
                        n >= 0;
                        n = socket.getInputStream().read(buffer)) {
                    answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketTimeoutException x) {
                throw x;
            } catch (IOException x) {
                // Reset; what has arrived counts.
            }
            return answer.toString();
        }
    }
}
