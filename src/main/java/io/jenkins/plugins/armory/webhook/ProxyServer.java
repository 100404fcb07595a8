package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * The HTTP proxy that a call goes through.
 *
 * @param host name or address of the proxy
 * @param port its port
 * @param user who to log in as (RFC 7617), {@code null} for nobody
 * @param password of that user
 */
public record ProxyServer(String host, int port, @CheckForNull String user, @CheckForNull String password) {

    /** The password is not for anybody to see. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
