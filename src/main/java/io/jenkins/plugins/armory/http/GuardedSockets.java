package io.jenkins.plugins.armory.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/** A factory of sockets that connect to the allowed addresses of one host only. */
final class GuardedSockets extends SocketFactory {

    private final String host;
    private final AllowedHosts allowed;

    GuardedSockets(String host, AllowedHosts allowed) {
        this.host = host;
        this.allowed = allowed;
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress endpoint, int timeout) throws IOException {
                if (!(endpoint instanceof InetSocketAddress address) || address.isUnresolved()) {
                    throw new IOException("not an address: " + endpoint);
                }
                allowed.check(host, address.getAddress());
                super.connect(endpoint, timeout);
            }
        };
    }

    @Override
    public Socket createSocket(String name, int port) throws IOException {
        return connected(new InetSocketAddress(InetAddress.getByName(name), port));
    }

    @Override
    public Socket createSocket(String name, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(name, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port) throws IOException {
        return connected(new InetSocketAddress(address, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket(address, port);
    }

    private Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = createSocket();
        socket.connect(address, 0);
        return socket;
    }
}
