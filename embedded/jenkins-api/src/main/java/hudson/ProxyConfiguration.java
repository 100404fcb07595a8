package hudson;

import hudson.util.Secret;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.regex.Pattern;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** The proxy that Jenkins goes through. */
public final class ProxyConfiguration {
    public final String name;
    public final int port;
    public String noProxyHost;
    private String userName;
    private Secret secretPassword;

    @DataBoundConstructor
    public ProxyConfiguration(String name, int port) {
        this.name = name;
        this.port = port;
    }

    public String getUserName() {
        return userName;
    }

    @DataBoundSetter
    public void setUserName(String userName) {
        this.userName = userName;
    }

    public Secret getSecretPassword() {
        return secretPassword;
    }

    @DataBoundSetter
    public void setSecretPassword(Secret secretPassword) {
        this.secretPassword = secretPassword;
    }

    /** @param noProxyHost hosts to call without it, an asterisk for anything, with spaces, commas or bars between */
    @DataBoundSetter
    public void setNoProxyHost(String noProxyHost) {
        this.noProxyHost = noProxyHost;
    }

    public Proxy createProxy(String host) {
        if (noProxyHost != null) {
            for (var pattern : noProxyHost.split("[ \t\n,|]+")) {
                if (host.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"))) {
                    return Proxy.NO_PROXY;
                }
            }
        }
        return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(name, port));
    }
}
