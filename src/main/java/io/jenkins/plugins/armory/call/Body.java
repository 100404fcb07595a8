package io.jenkins.plugins.armory.call;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * The body of an answer, or its start.
 *
 * @param isWhole whether these are all bytes of the body
 * @param isBroken whether the connection broke before the end of the body
 */
record Body(byte[] bytes, Charset charset, boolean isWhole, boolean isBroken) {

    /** Reads an answer and closes it. An answer that breaks off counts as far as it came. */
    static Body read(Response response, int maxBytes) {
        byte[] bytes = new byte[maxBytes];
        int length = 0;
        boolean whole = false;
        boolean broken = false;
        ResponseBody body = response.body();
        try (body) {
            for (int n = 0; n >= 0 && length < bytes.length; length += Math.max(n, 0)) {
                n = body.byteStream().read(bytes, length, bytes.length - length);
                whole = n < 0;
            }
            if (!whole) { // the buffer is full; perhaps the answer ends here
                whole = body.byteStream().read() < 0;
            }
        } catch (IOException x) {
            broken = true; // the part that came is kept
        }
        MediaType type = body.contentType();
        Charset charset = type == null ? StandardCharsets.UTF_8 : type.charset(StandardCharsets.UTF_8);
        return new Body(
                Arrays.copyOf(bytes, length), charset == null ? StandardCharsets.UTF_8 : charset, whole, broken);
    }

    String text() {
        return new String(bytes, charset);
    }
}
