package io.jenkins.plugins.armory.call;

import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import okhttp3.Dns;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The hosts that webhooks may call. An entry is a name ({@code ci.example.com}), a pattern of names
 * ({@code *.example.com}, for all names that end so), an address or a block of addresses ({@code 10.0.0.7},
 * {@code 10.0.0.0/8}, {@code fd00::/8}).
 *
 * <p>Without entries, every host with a public address may be called. With entries, only the hosts that match one. A
 * private address (of the machine itself, of the local network, or with another special purpose) needs an entry with
 * the host's full name or with the address: whoever runs the name servers of a pattern's domain must not reach what is
 * behind the firewall.
 *
 * <p>The address is checked on the socket that is about to connect to it. So it makes no difference if the name is
 * resolved to another address before or later.
 */
@Restricted(NoExternalUse.class)
public final class AllowedHosts implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final Pattern NAME =
            Pattern.compile("(\\*\\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\\.?");
    /** The hosts that the HTTP client takes for addresses rather than for names. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*|[\\d.]+");
    /** The hosts that Java takes for addresses, short spellings included, so that it asks no name server. */
    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*|\\d+(\\.\\d+){0,3}");

    private static final Pattern BLOCK = Pattern.compile("([0-9a-f]*:[0-9a-f:.]*|\\d+(\\.\\d+){3})(/\\d{1,3})?");

    /**
     * Blocks that are not public, as far as Java does not know them: those that are not globally reachable by IANA's
     * registries (<a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4</a>, <a
     * href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6</a>), and those with an IPv4 address in
     * them. Two blocks for protocols are here as a whole, though a few of their addresses are reachable: none of these
     * is a server that a webhook calls.
     */
    private static final List<Block> SPECIAL = List.of(
            block("::/96"), // RFC 4291, section 2.5.5.1, any IPv4 address, deprecated: some systems still connect to it
            block("0.0.0.0/8"), // RFC 791, this network
            block("100.64.0.0/10"), // RFC 6598, shared by the customers of a provider
            block("192.0.0.0/24"), // RFC 6890, protocol assignments
            block("192.0.2.0/24"), // RFC 5737, documentation
            block("192.88.99.0/24"), // RFC 7526, relays of 6to4, deprecated
            block("198.18.0.0/15"), // RFC 2544, benchmarks
            block("198.51.100.0/24"), // RFC 5737, documentation
            block("203.0.113.0/24"), // RFC 5737, documentation
            block("240.0.0.0/4"), // RFC 1112, reserved, and the broadcast address
            block("64:ff9b::/96"), // RFC 6052, any IPv4 address
            block("64:ff9b:1::/48"), // RFC 8215, likewise
            block("100::/64"), // RFC 6666, discarded
            block("100:0:0:1::/64"), // RFC 9780, a dummy
            block("2001::/23"), // RFC 2928, protocol assignments, such as Teredo, benchmarks and ORCHID
            block("2001:db8::/32"), // RFC 3849, documentation
            block("2002::/16"), // RFC 3056, any IPv4 address
            block("3fff::/20"), // RFC 9637, documentation
            block("5f00::/16"), // RFC 9602, segment routing
            block("fc00::/7")); // RFC 4193, unique local

    private static final Block LINK_LOCAL = block("169.254.0.0/16"); // RFC 3927

    /** The blocks with an IPv4 address in them, to which a system or a translator on the way connects instead. */
    private static final List<Embedding> EMBEDDINGS = List.of(
            new Embedding(block("::/96"), 12, 13, 14, 15), // RFC 4291, section 2.5.5.1, deprecated
            new Embedding(block("64:ff9b::/96"), 12, 13, 14, 15), // RFC 6052, section 2.2
            // The same section has a place for each length of the prefix that a network takes out of this block.
            new Embedding(block("64:ff9b:1::/48"), 6, 7, 9, 10),
            new Embedding(block("64:ff9b:1::/48"), 7, 9, 10, 11),
            new Embedding(block("64:ff9b:1::/48"), 9, 10, 11, 12),
            new Embedding(block("64:ff9b:1::/48"), 12, 13, 14, 15),
            new Embedding(block("2002::/16"), 2, 3, 4, 5)); // RFC 3056, section 2

    /** The private addresses that may be called. */
    private enum Private {
        /** Those that an entry allows. */
        LISTED,
        /**
         * Without entries, also those of the machine itself. For the embedded controller, which is for trying the
         * plugin on one machine.
         */
        LISTED_OR_LOOPBACK,
        /**
         * Without entries all, since whoever may call from an agent may run programs there. Never a link-local one:
         * there, clouds serve the metadata and the credentials of the machine.
         */
        ALL_BUT_LINK_LOCAL
    }

    private final ArrayList<String> names = new ArrayList<>();
    private final ArrayList<Block> blocks = new ArrayList<>();
    private final Private privateAddresses;

    /** A block of addresses; a single one is a block too. */
    private record Block(String text, byte[] address, int prefix) implements Serializable {
        boolean has(InetAddress other) {
            return has(other.getAddress());
        }

        boolean has(byte[] bytes) {
            int shift = 8 * address.length - prefix;
            return bytes.length == address.length
                    && new BigInteger(1, bytes).shiftRight(shift).equals(new BigInteger(1, address).shiftRight(shift));
        }
    }

    /** The places of the bytes of an IPv4 address in the addresses of a block. */
    private record Embedding(Block block, int... places) {

        boolean hasLinkLocal(byte[] address) {
            var embedded = new byte[places.length];
            for (int i = 0; i < places.length; i++) {
                embedded[i] = address[places[i]];
            }
            return LINK_LOCAL.has(embedded);
        }
    }

    /** Says that a host may not be called. The message is for people, and names the host and the setting. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private AllowedHosts(List<String> entries, Private privateAddresses) {
        this.privateAddresses = privateAddresses;
        for (String entry : entries) {
            String text = entry.strip().toLowerCase(Locale.ROOT);
            if (BLOCK.matcher(text).matches()) {
                blocks.add(block(text));
            } else if (NAME.matcher(text).matches() && !ADDRESS.matcher(text).matches()) {
                names.add(withoutDot(text));
            } else {
                throw new IllegalArgumentException("allowedHosts: \"" + entry + "\" is neither a host name, such as"
                        + " ci.example.com or *.example.com, nor an address or block, such as 10.0.0.0/8");
            }
        }
    }

    /**
     * Returns the hosts that entries allow.
     *
     * @param entries none for every public host
     * @throws IllegalArgumentException if an entry is invalid; the message has it
     */
    public static AllowedHosts of(List<String> entries) {
        return new AllowedHosts(entries, Private.LISTED);
    }

    /** Returns the same hosts, and without entries also the machine itself. */
    public AllowedHosts andLoopback() {
        return with(Private.LISTED_OR_LOOPBACK);
    }

    /**
     * Returns the same hosts for calls from an agent: without entries, all that it reaches; never link-local addresses.
     */
    public AllowedHosts fromAgent() {
        return with(Private.ALL_BUT_LINK_LOCAL);
    }

    private AllowedHosts with(Private newPrivateAddresses) {
        var hosts = new AllowedHosts(List.of(), newPrivateAddresses);
        hosts.names.addAll(names);
        hosts.blocks.addAll(blocks);
        return hosts;
    }

    /**
     * Checks a host before its address is looked up.
     *
     * @param host as in the URL, without brackets
     * @param isProxied whether a proxy looks it up, so that its address is never known here
     * @throws RefusedException if it may not be called, whatever its address
     */
    void check(String host, boolean isProxied) throws RefusedException {
        if (ADDRESS.matcher(host).matches()) {
            checkLiteral(host);
        } else if (isRestricted() && (isProxied || blocks.isEmpty()) && !isListed(host)) {
            throw notListed(host, "");
        }
    }

    private void checkLiteral(String host) throws RefusedException {
        try {
            if (LITERAL.matcher(host).matches()) {
                check(host, InetAddress.getByName(host));
                return;
            }
        } catch (UnknownHostException x) {
            // as below
        }
        throw notListed(host, "");
    }

    /**
     * Checks the address that is about to be connected to.
     *
     * @param connected the address, as a name server gave it
     * @throws RefusedException if it may not be called
     */
    void check(String host, InetAddress connected) throws RefusedException, UnknownHostException {
        // An answer for IPv6 may be ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2). Java keeps that, and connects to the
        // IPv4 address in it.
        InetAddress address = InetAddress.getByAddress(connected.getAddress());
        if (privateAddresses == Private.ALL_BUT_LINK_LOCAL && isLinkLocal(address)) {
            throw new RefusedException("may not be called: it has the link-local address " + address.getHostAddress()
                    + ", which no agent may call, whatever is in the list of allowed hosts in Manage Jenkins » System »"
                    + " Armory webhook approvals");
        }
        boolean addressListed = blocks.stream().anyMatch(block -> block.has(address));
        if (isRestricted() && !addressListed && !isListed(host)) {
            throw notListed(host, "");
        }
        if (isPrivate(address) && !addressListed && !isListedInFull(host) && !mayBePrivate(address)) {
            throw new RefusedException("may not be called: it has the private address " + address.getHostAddress()
                    + "; an administrator has to add that, or the full name of the host, to the allowed hosts in Manage"
                    + " Jenkins » System » Armory webhook approvals");
        }
    }

    /**
     * Looks up the addresses of a host.
     *
     * @throws UnknownHostException if it has none; with a {@link RefusedException} as its cause if only an address
     *     could have been listed
     */
    List<InetAddress> lookUp(String host) throws UnknownHostException {
        try {
            return Dns.SYSTEM.lookup(host);
        } catch (UnknownHostException x) {
            if (isRestricted() && !isListed(host)) {
                x.initCause(notListed(host, ", and no name server knows it"));
            }
            throw x;
        }
    }

    private boolean mayBePrivate(InetAddress address) {
        return switch (privateAddresses) {
            case LISTED -> false;
            case LISTED_OR_LOOPBACK -> !isRestricted() && address.isLoopbackAddress();
            case ALL_BUT_LINK_LOCAL -> !isRestricted();
        };
    }

    private boolean isRestricted() {
        return !names.isEmpty() || !blocks.isEmpty();
    }

    private boolean isListed(String host) {
        String name = normal(host);
        return isListedInFull(host)
                || names.stream().anyMatch(entry -> entry.startsWith("*.") && name.endsWith(entry.substring(1)));
    }

    private boolean isListedInFull(String host) {
        return !host.startsWith("*.") && names.contains(normal(host)); // a pattern can be written as a host too
    }

    private static RefusedException notListed(String host, String more) {
        return new RefusedException("may not be called: " + host + " is not in the list of allowed hosts" + more
                + "; an administrator has to add it in Manage Jenkins » System » Armory webhook approvals");
    }

    private static String normal(String host) {
        return withoutDot(host.toLowerCase(Locale.ROOT));
    }

    /** Returns a name without a dot at its end. For name servers, it is the same name. */
    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static boolean isPrivate(InetAddress address) {
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || SPECIAL.stream().anyMatch(block -> block.has(address));
    }

    private static boolean isLinkLocal(InetAddress address) {
        return address.isLinkLocalAddress()
                || EMBEDDINGS.stream()
                        .anyMatch(each -> each.block.has(address) && each.hasLinkLocal(address.getAddress()));
    }

    private static Block block(String text) {
        String[] parts = text.split("/", 2);
        try {
            byte[] address = InetAddress.getByName(parts[0]).getAddress(); // no name, so no name server is asked
            int prefix = parts.length == 1 ? 8 * address.length : Integer.parseInt(parts[1]);
            if (prefix >= 0 && prefix <= 8 * address.length) {
                return new Block(text, address, prefix);
            }
        } catch (UnknownHostException | NumberFormatException x) {
            // as below
        }
        throw new IllegalArgumentException(
                "allowedHosts: \"" + text + "\" is not an address or a block of addresses, such as 10.0.0.0/8");
    }
}
