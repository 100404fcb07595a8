package io.jenkins.plugins.armory.acceptance.driver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An OpenID Connect issuer as far as whoever verifies its tokens sees it: a discovery document and a JWK set. It signs
 * whatever it is asked to sign, right or wrong, so that a test may have any token it likes. A program of its own, which
 * needs nothing but Java; {@link OidcIssuer} runs it.
 */
final class OidcIssuerProgram {

    private static final Map<String, String> SIGNATURES = Map.of(
            "rsa", "SHA256withRSA", "ec", "SHA256withECDSAinP1363Format", "ed", "Ed25519", "stranger", "SHA256withRSA");

    private static final int RSA_BITS = 2048;

    private final AtomicInteger fetches = new AtomicInteger();
    private final CountDownLatch held = new CountDownLatch(1);
    private final String url;
    private volatile boolean slow;
    private volatile Map<String, KeyPair> keys;
    private volatile int generation;

    private OidcIssuerProgram(String url) throws GeneralSecurityException {
        this.url = url;
        rotate();
    }

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 0);
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        OidcIssuerProgram issuer = new OidcIssuerProgram(url);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", issuer::handle);
        server.start();
        System.out.println("The issuer is up: " + url);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            byte[] answer = answer(exchange.getRequestURI().getPath(), body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            try (OutputStream response = exchange.getResponseBody()) {
                response.write(answer);
            }
        } catch (GeneralSecurityException | InterruptedException x) {
            throw new IllegalStateException(x);
        }
    }

    private String answer(String path, byte[] body) throws GeneralSecurityException, InterruptedException {
        return switch (path) {
            case "/.well-known/openid-configuration" -> {
                fetches.incrementAndGet();
                if (slow) {
                    held.await();
                }
                yield "{\"issuer\":\"" + url + "\",\"jwks_uri\":\"" + url + "/jwks\"}";
            }
            case "/jwks" -> jwks();
            case "/fetches" -> fetches.toString();
            case "/slow" -> {
                slow = true;
                yield "";
            }
            case "/rotate" -> {
                rotate();
                yield "";
            }
            case "/public/rsa" ->
                Base64.getEncoder().encodeToString(keys.get("rsa").getPublic().getEncoded());
            default -> sign(path.substring("/sign/".length()), body);
        };
    }

    private synchronized void rotate() throws GeneralSecurityException {
        Map<String, KeyPair> next = new TreeMap<>();
        next.put("rsa", pair("RSA"));
        next.put("ec", pair("EC"));
        next.put("ed", pair("Ed25519"));
        next.put("stranger", pair("RSA"));
        generation++;
        keys = next;
    }

    private static KeyPair pair(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else if (algorithm.equals("RSA")) {
            generator.initialize(RSA_BITS); // newer versions of Java take more
        }
        return generator.generateKeyPair();
    }

    private String sign(String key, byte[] input) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURES.get(key));
        signature.initSign(keys.get(key).getPrivate());
        signature.update(input);
        return base64(signature.sign());
    }

    private String jwks() {
        RSAPublicKey rsa = (RSAPublicKey) keys.get("rsa").getPublic();
        ECPublicKey ec = (ECPublicKey) keys.get("ec").getPublic();
        return "{\"keys\":["
                + "{\"kty\":\"RSA\",\"kid\":\"rsa-%d\",\"use\":\"sig\",\"n\":\"%s\",\"e\":\"%s\"},"
                        .formatted(
                                generation, number(rsa.getModulus(), RSA_BITS / 8), number(rsa.getPublicExponent(), 3))
                + "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec-%d\",\"x\":\"%s\",\"y\":\"%s\"},"
                        .formatted(
                                generation,
                                number(ec.getW().getAffineX(), 32),
                                number(ec.getW().getAffineY(), 32))
                + "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed-%d\",\"x\":\"%s\"}]}"
                        .formatted(generation, last32(keys.get("ed").getPublic()));
    }

    /** An Ed25519 key is at the end of its encoding (RFC 8410). */
    private static String last32(Key key) {
        byte[] encoded = key.getEncoded();
        return base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    private static String number(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int size = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - size, fixed, length - size, size);
        return base64(fixed);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
