package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of the loopback interface, for programs that need one in their configuration. */
final class Ports {

    private Ports() {}

    /** Returns a port that nobody listens at now. */
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /**
     * Waits until a program takes connections.
     *
     * @throws IllegalStateException if it ends instead
     */
    static void awaitListening(Process program, int port) {
        String name = program.info().command().orElse("the program");
        Wait.until(name + " listens").until(() -> {
            if (!program.isAlive()) {
                throw new IllegalStateException(name + " ended by itself");
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException x) {
                return false;
            }
        });
    }
}
