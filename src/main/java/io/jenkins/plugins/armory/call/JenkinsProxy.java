package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ProxyConfiguration;
import hudson.util.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import jenkins.model.Jenkins;
import okhttp3.OkHttpClient;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Jenkins's own proxy settings, read at each use. */
@Restricted(NoExternalUse.class)
public final class JenkinsProxy {

    private JenkinsProxy() {}

    /** Returns the proxy for calls to a host, {@code null} for none. */
    @CheckForNull
    static ProxyServer forHost(String host) {
        ProxyConfiguration configuration = Jenkins.get().getProxy();
        if (configuration == null) {
            return null;
        }
        Proxy proxy = configuration.createProxy(host);
        if (proxy.type() != Proxy.Type.HTTP || !(proxy.address() instanceof InetSocketAddress address)) {
            return null; // one of the hosts without a proxy
        }
        String user = configuration.getUserName();
        Secret password = configuration.getSecretPassword();
        return new ProxyServer(
                address.getHostString(),
                address.getPort(),
                user == null || user.isEmpty() ? null : user,
                password == null ? null : password.getPlainText());
    }

    /** Returns a client that uses the proxy. */
    public static OkHttpClient client() {
        return new OkHttpClient.Builder()
                .proxySelector(new Selector())
                .proxyAuthenticator((route, response) -> {
                    ProxyServer proxy = forHost(response.request().url().host());
                    return proxy == null ? null : proxy.authenticator().authenticate(route, response);
                })
                .build();
    }

    private static final class Selector extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            ProxyServer proxy = forHost(uri.getHost());
            return List.of(proxy == null ? Proxy.NO_PROXY : proxy.toProxy());
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException x) {
            // there is no other proxy to go to
        }
    }
}
