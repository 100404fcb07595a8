package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

    private static final String PUBLIC = "93.184.216.34";

    private static AllowedHosts hosts(String... entries) {
        return AllowedHosts.of(Arrays.asList(entries));
    }

    private static boolean allows(AllowedHosts hosts, String host, String address) {
        try {
            return allows(hosts, host, InetAddress.getByName(address));
        } catch (UnknownHostException x) {
            throw new AssertionError(x);
        }
    }

    private static boolean allows(AllowedHosts hosts, String host, InetAddress address) {
        try {
            hosts.check(host, false);
            hosts.check(host, address);
            return true;
        } catch (AllowedHosts.RefusedException x) {
            assertThat(x).hasMessageContaining("Manage Jenkins » System » Armory webhook approvals");
            return false;
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    /**
     * Returns {@code ::ffff:a.b.c.d} as Java has it from a name server. Of a literal it makes the IPv4 address itself.
     */
    private static InetAddress mapped(String ipv4) throws UnknownHostException {
        var bytes = new byte[16];
        bytes[10] = -1;
        bytes[11] = -1;
        System.arraycopy(InetAddress.getByName(ipv4).getAddress(), 0, bytes, 12, 4);
        return Inet6Address.getByAddress("ci.example.com", bytes, -1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.10",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fd00::1",
                "fc12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::7f00:1",
                "2002:7f00:1::",
                "192.0.2.1",
                "192.88.99.1",
                "198.51.100.1",
                "203.0.113.255",
                "100::1",
                "100:0:0:1::1",
                "2001:0:7f00:1::",
                "2001:2::1",
                "2001:10::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "3fff:fff::1",
                "5f00::1",
            })
    void refusesEveryKindOfPrivateAddress(String address) {
        assertThat(allows(hosts(), "ci.example.com", address)).isFalse();
        assertThat(allows(hosts(), address, address)).isFalse();
        assertThat(allows(hosts("*.example.com"), "ci.example.com", address))
                .as("a pattern of names says nothing about what is behind the firewall")
                .isFalse();
        assertThat(allows(hosts("ci.example.com"), "ci.example.com", address)).isTrue();
        assertThat(allows(hosts(address), "ci.example.com", address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PUBLIC,
                "8.8.8.8",
                "172.32.0.1",
                "192.0.1.1",
                "192.0.3.1",
                "192.88.98.1",
                "198.51.101.1",
                "203.0.114.1",
                "100.128.0.1",
                "2606:2800:220:1::1",
                "100:0:0:2::1",
                "2001:200::1",
                "2001:db9::1",
                "3fff:1000::1",
                "5f01::1"
            })
    void allowsPublicAddressesWhereNothingIsListed(String address) {
        assertThat(allows(hosts(), "ci.example.com", address)).isTrue();
        assertThat(allows(hosts(), address, address)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ci.example.com,  ci.example.com,   true",
        "CI.Example.com., ci.example.com,   true",
        "ci.example.com,  CI.EXAMPLE.COM.,  true",
        "ci.example.com,  x.ci.example.com, false",
        "ci.example.com,  example.com,      false",
        "*.example.com,   ci.example.com,   true",
        "*.example.com,   a.b.example.com,  true",
        "*.example.com,   example.com,      false",
        "*.example.com,   badexample.com,   false",
        "*.example.com,   ci.example.com.evil.org, false",
    })
    void listsNamesAndPatternsOfNames(String entry, String host, boolean allowed) {
        assertThat(allows(hosts(entry), host, PUBLIC)).isEqualTo(allowed);
        assertThat(allows(hosts("other.org", entry), host, PUBLIC)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,  10.255.0.1,  true",
        "10.0.0.0/8,  11.0.0.1,    false",
        "10.0.0.7,    10.0.0.7,    true",
        "10.0.0.7,    10.0.0.8,    false",
        "fd00::/8,    fd12::1,     true",
        "fd00::/8,    fe80::1,     false",
        "0.0.0.0/0,   127.0.0.1,   true",
        "0.0.0.0/0,   ::1,         false",
        "10.0.0.0/31, 10.0.0.1,    true",
        "10.0.0.0/31, 10.0.0.2,    false",
    })
    void listsBlocksOfAddresses(String entry, String address, boolean allowed) {
        assertThat(allows(hosts(entry), "ci.internal", address)).isEqualTo(allowed);
        assertThat(allows(hosts(entry), address, address)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2130706433", "127.1", "0"})
    void knowsAddressesInOtherSpellings(String host) {
        assertThatThrownBy(() -> hosts().check(host, false)).isInstanceOf(AllowedHosts.RefusedException.class);
    }

    @Test
    void refusesANameThatIsNotListedBeforeItIsLookedUp() {
        assertThatThrownBy(() -> hosts("ci.example.com").check("evil.org", false))
                .hasMessage(
                        "may not be called: evil.org is not in the list of allowed hosts; an administrator has to add it in"
                                + " Manage Jenkins » System » Armory webhook approvals");
        assertThatCode(() -> hosts("10.0.0.0/8").check("ci.internal", false))
                .as("its address may be listed")
                .doesNotThrowAnyException();
    }

    @Test
    void knowsNoMoreThanTheNameOfAHostThatAProxyLooksUp() {
        AllowedHosts hosts = hosts("10.0.0.0/8", "*.example.com");

        assertThatCode(() -> hosts.check("ci.example.com", true)).doesNotThrowAnyException();
        assertThatCode(() -> hosts.check("10.0.0.1", true)).doesNotThrowAnyException();
        assertThatCode(() -> hosts().check("ci.example.com", true)).doesNotThrowAnyException();
        assertThatThrownBy(() -> hosts.check("ci.internal", true)).isInstanceOf(AllowedHosts.RefusedException.class);
        assertThatThrownBy(() -> hosts.check("11.0.0.1", true)).isInstanceOf(AllowedHosts.RefusedException.class);
        assertThatThrownBy(() -> hosts().check("10.0.0.1", true)).isInstanceOf(AllowedHosts.RefusedException.class);
    }

    @Test
    void allowsLoopbackWhereThatIsAskedFor() {
        assertThat(allows(hosts().andLoopback(), "localhost", "127.0.0.1")).isTrue();
        assertThat(allows(hosts().andLoopback(), "localhost", "::1")).isTrue();
        assertThat(allows(hosts().andLoopback(), "ci", "10.0.0.1")).isFalse();
        assertThat(allows(hosts("ci.example.com").andLoopback(), "localhost", "127.0.0.1"))
                .isFalse();
    }

    @Test
    void allowsAnAgentWhateverItReachesUnlessSomethingIsListed() {
        assertThat(allows(hosts().fromAgent(), "ci.internal", "10.0.0.1")).isTrue();
        assertThat(allows(hosts("*.example.com").fromAgent(), "ci.internal", "10.0.0.1"))
                .isFalse();
        assertThat(allows(hosts("*.example.com").fromAgent(), "ci.example.com", "10.0.0.1"))
                .isFalse();
        assertThat(allows(hosts("ci.internal").fromAgent(), "ci.internal", "10.0.0.1"))
                .isTrue();
        assertThat(allows(hosts().fromAgent(), "ci.internal", "64:ff9b::10.0.0.1"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.1.1",
                "fe80::1",
                "::ffff:169.254.169.254",
                "::169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1:a9fe:a9:fe00::",
                "64:ff9b:1:1a9:fe:a9fe::",
                "64:ff9b:1:1:a9:fea9:fe00:0",
                "64:ff9b:1::a9fe:a9fe",
                "2002:a9fe:a9fe::1"
            })
    void refusesLinkLocalAddressesFromAnAgentWhateverIsListed(String address) {
        assertThat(allows(hosts().fromAgent(), "metadata.internal", address)).isFalse();
        assertThat(allows(hosts().fromAgent(), address, address)).isFalse();
        assertThat(allows(hosts("metadata.internal").fromAgent(), "metadata.internal", address))
                .isFalse();
        assertThat(allows(hosts(address).fromAgent(), address, address)).isFalse();
    }

    /** A system connects to the IPv4 address in it (RFC 3493, section 3.7), so it is that address in every check. */
    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "10.0.0.5", "127.0.0.1", PUBLIC})
    void anIpv4AddressInAnAnswerForIpv6IsTheIpv4Address(String address) throws Exception {
        InetAddress mapped = mapped(address);
        assertThat(mapped).as("not converted by Java").isInstanceOf(Inet6Address.class);

        for (AllowedHosts hosts : List.of(
                hosts(),
                hosts().andLoopback(),
                hosts().fromAgent(),
                hosts("*.example.com"),
                hosts("*.example.com").fromAgent(),
                hosts("ci.example.com"),
                hosts("ci.example.com").fromAgent(),
                hosts(address),
                hosts("10.0.0.0/8").fromAgent())) {
            assertThat(allows(hosts, "ci.example.com", mapped))
                    .isEqualTo(allows(hosts, "ci.example.com", InetAddress.getByName(address)));
        }
        assertThat(allows(hosts(), "ci.example.com", mapped)).isEqualTo(address.equals(PUBLIC));
    }

    @Test
    void aSocketDoesNotConnectToAnIpv4AddressInAnAnswerForIpv6() throws Exception {
        try (Socket socket = new GuardedSockets("ci.example.com", hosts()).createSocket()) {
            var loopback = new InetSocketAddress(mapped("127.0.0.1"), 1);

            assertThatThrownBy(() -> socket.connect(loopback, 1000))
                    .isInstanceOf(AllowedHosts.RefusedException.class)
                    .hasMessageContaining("private address 127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ci/",
                "ci:8080",
                "*",
                "*example.com",
                "a.*.com",
                "10.0.0.0/33",
                "10.0.0.0/",
                "1.2.3.4.5",
                "a b",
                ""
            })
    void namesAnEntryThatIsNone(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hosts("ci.example.com", entry))
                .withMessageStartingWith("allowedHosts: \"" + entry + "\" is ");
    }

    /** Whoever runs the name servers of the domain can answer for this name too. */
    @Test
    void aPatternIsNotTheFullNameOfAHost() {
        String host = HttpUrl.get("http://*.example.com/").host();

        assertThat(allows(hosts("*.example.com"), host, PUBLIC)).isTrue();
        assertThat(allows(hosts("*.example.com"), host, "10.0.0.7")).isFalse();
    }
}
