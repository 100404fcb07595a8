package io.jenkins.plugins.armory.call;

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

    // The client makes no other sockets than those above.

    @Override
    public Socket createSocket(String name, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String name, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }
}
