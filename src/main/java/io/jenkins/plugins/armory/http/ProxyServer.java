package io.jenkins.plugins.armory.http;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.Request;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The HTTP proxy that a call goes through.
 *
 * @param host name or address of the proxy
 * @param port its port
 * @param user who to log in as (RFC 7617), {@code null} for nobody
 * @param password of that user
 */
@Restricted(NoExternalUse.class)
public record ProxyServer(
        String host,
        int port,
        @CheckForNull String user,
        @CheckForNull String password) {

    static final String AUTHORIZATION = "Proxy-Authorization";

    /** As the client wants it; the proxy's name is looked up when it is needed. */
    public Proxy toProxy() {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    /** What to tell the proxy when it asks who calls, {@code null} when there is nothing to tell. */
    @CheckForNull
    String credentials() {
        return user == null ? null : Credentials.basic(user, password == null ? "" : password, StandardCharsets.UTF_8);
    }

    /** Tells the proxy who calls, once. */
    public Authenticator authenticator() {
        return (route, response) -> {
            String credentials = credentials();
            Request request = response.request();
            return credentials == null || request.header(AUTHORIZATION) != null
                    ? null
                    : request.newBuilder().header(AUTHORIZATION, credentials).build();
        };
    }

    /** The password is not for anybody to see. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
