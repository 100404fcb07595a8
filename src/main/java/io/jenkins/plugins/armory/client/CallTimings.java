package io.jenkins.plugins.armory.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The times of the parts of one call. A part that did not happen, or did not end, has no time. */
@Restricted(NoExternalUse.class)
public final class CallTimings extends EventListener {

    /** The parts of a call, in their order. */
    public enum Part {
        /** The look-up of the host's addresses. */
        LOOK_UP,
        /** The connection to the host or, if there is one, to the proxy. */
        CONNECT,
        /** The TLS handshake. */
        TLS,
        /** The time from the first byte of the request to the first byte of the answer. */
        FIRST_BYTE
    }

    private final Map<Part, Long> begun = new EnumMap<>(Part.class);
    private final Map<Part, Duration> took = new EnumMap<>(Part.class);

    /** Returns how long a part took; empty if it has no time. */
    public synchronized Optional<Duration> of(Part part) {
        return Optional.ofNullable(took.get(part));
    }

    private synchronized void begin(Part part) {
        begun.put(part, System.nanoTime());
    }

    private synchronized void end(Part part) {
        Long start = begun.remove(part);
        if (start != null) {
            took.put(part, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    @Override
    public void dnsStart(Call call, String domainName) {
        begin(Part.LOOK_UP);
    }

    @Override
    public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
        end(Part.LOOK_UP);
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        begin(Part.CONNECT);
    }

    @Override
    public void secureConnectStart(Call call) {
        end(Part.CONNECT);
        begin(Part.TLS);
    }

    @Override
    public void secureConnectEnd(Call call, Handshake handshake) {
        end(Part.TLS);
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, Protocol protocol) {
        end(Part.CONNECT);
    }

    @Override
    public synchronized void connectFailed(
            Call call, InetSocketAddress address, Proxy proxy, Protocol protocol, IOException x) {
        begun.clear();
    }

    @Override
    public void requestHeadersStart(Call call) {
        begin(Part.FIRST_BYTE);
    }

    @Override
    public void responseHeadersStart(Call call) {
        end(Part.FIRST_BYTE);
    }
}
