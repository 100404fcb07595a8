package io.jenkins.plugins.armory.part.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.callback.RefusedRequestException;
import io.jenkins.plugins.armory.web.OpenApiDocument;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRouteTest {

    /** A stream that is read, or breaks off before it is. */
    private static final class Stream extends ServletInputStream {
        private final boolean breaksOff;

        Stream(boolean breaksOff) {
            this.breaksOff = breaksOff;
        }

        @Override
        public int read() throws IOException {
            if (breaksOff) {
                throw new EOFException("27 bytes were announced");
            }
            return -1;
        }

        @Override
        public boolean isFinished() {
            return true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    private static HttpServletRequest request(long length, Stream stream, Map<String, String[]> parameters) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                TokenRouteTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMethod" -> "POST";
                    case "getHeaders" -> Collections.emptyEnumeration();
                    case "getContentType" -> "application/x-www-form-urlencoded";
                    case "getContentLengthLong" -> length;
                    case "getInputStream" -> stream;
                    case "getParameterMap" -> parameters;
                    default -> null;
                });
    }

    /** Whoever asks for a parameter has the container read the form. A body that is sent in chunks has no length. */
    @ParameterizedTest
    @ValueSource(longs = {27, -1})
    void aFormThatWasReadBeforeIsThereAgain(long length) throws IOException, RefusedRequestException {
        HttpServletRequest request =
                request(length, new Stream(false), Map.of("client_secret", new String[] {"s+cr t"}));

        assertThat(TokenRoute.token(request).body().readText()).isEqualTo("client_secret=s%2Bcr+t");
    }

    @Test
    void aFormThatBreaksOffIsAFaultOfTheCaller() throws IOException {
        TokenRequest request = TokenRoute.token(request(27, new Stream(true), Map.of()));

        assertThatThrownBy(() -> request.body().readText())
                .isInstanceOf(RefusedRequestException.class)
                .hasMessage("The body breaks off before its end.");
    }

    @Test
    void theOpenApiDocumentHasIt() throws IOException {
        OpenApiDocument.checkHas("docs/part/oauth/openapi.yaml", new TokenRoute().routes());
    }
}
