package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.Request;

/**
 * The HTTP proxy that a call goes through.
 *
 * @param host name or address of the proxy
 * @param port its port
 * @param user the user to log in as (RFC 7617), {@code null} for none
 * @param password of that user
 */
record ProxyServer(
        String host,
        int port,
        @CheckForNull String user,
        @CheckForNull String password) {

    static final String AUTHORIZATION = "Proxy-Authorization";

    /** Returns the proxy for the HTTP client, which looks up its name when it connects. */
    Proxy toProxy() {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    /** Returns the value of {@value #AUTHORIZATION}, {@code null} without a user. */
    @CheckForNull
    String credentials() {
        return user == null ? null : Credentials.basic(user, password == null ? "" : password, StandardCharsets.UTF_8);
    }

    /**
     * Returns an authenticator that logs in to the proxy, once a request. What asks for a login within a tunnel is the
     * host behind it, which must not get the proxy's password.
     */
    Authenticator authenticator() {
        return (route, response) -> {
            String credentials = credentials();
            Request request = response.request();
            boolean isInTunnel = request.isHttps() && !request.method().equals("CONNECT");
            return credentials == null || isInTunnel || request.header(AUTHORIZATION) != null
                    ? null
                    : request.newBuilder().header(AUTHORIZATION, credentials).build();
        };
    }

    /** Returns host and port, never the password. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
