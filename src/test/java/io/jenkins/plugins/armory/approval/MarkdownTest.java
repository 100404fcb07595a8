package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests of the HTML of messages, and of what it may never have. */
class MarkdownTest {

    private static final Set<String> TAGS = Set.of(
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "li",
            "blockquote",
            "pre",
            "code",
            "em",
            "strong",
            "a",
            "br",
            "hr");

    private static String toHtml(String markdown) {
        return Markdown.toHtml(markdown, () -> "Message truncated.");
    }

    private static final Pattern TAG = Pattern.compile("<(/?)([a-zA-Z0-9]+)([^<>]*)>");
    private static final Pattern ATTRIBUTES = Pattern.compile(
            "(?: (?:href=\"(?:https?://|mailto:)[^\"\\s]+\"|rel=\"nofollow noopener\"|title=\"[^\"]*\"|start=\"\\d+\""
                    + "|class=\"language-[^\"]*\"))*(?: /)?",
            Pattern.CASE_INSENSITIVE);

    private static final List<String> SCHEMES = List.of(
            "javascript:",
            "JAVASCRIPT:",
            "java\tscript:",
            "\u0001javascript:",
            "&#x6A;avascript&colon;",
            "data:text/html,",
            "https://",
            "http://",
            "HTTPS://",
            "mailto:",
            "vbscript:",
            "//",
            "");

    private static final List<String> PAYLOADS = List.of(
            "alert(1)",
            "x\" onmouseover=\"alert(1)",
            "x' onerror='a",
            "><script>alert(1)</script>",
            "&quot; onload=&quot;a",
            "a b",
            "%22onclick=%22",
            "\u2028",
            "\\\" style=\\\"x",
            "`",
            "]",
            ")");

    private static final List<String> MARKS = List.of(
            "\n",
            "\n\n",
            "> ",
            "- ",
            "1. ",
            "# ",
            "*",
            "**",
            "_",
            "`",
            "~~~\n",
            "<",
            ">",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?",
            "&lt;script&gt;",
            "\\",
            "    ",
            "\t",
            "<svg/onload=",
            "<details open ontoggle=a>",
            "|a|b|\n|-|-|\n");

    /** Checks that HTML has allowed tags and attributes only. */
    private static void checkIsHarmless(String markdown) {
        String html = toHtml(markdown);
        Matcher tags = TAG.matcher(html);
        StringBuilder text = new StringBuilder();
        while (tags.find()) {
            assertThat(TAGS).as(html).contains(tags.group(2));
            assertThat(tags.group(3)).as(html).matches(ATTRIBUTES);
            tags.appendReplacement(text, "");
        }
        tags.appendTail(text);
        assertThat(text).as(html).doesNotContain("<").doesNotContain(">");
        assertThat(Markdown.toText(markdown)).hasSizeLessThan(20 * Markdown.MAX_SHOWN + markdown.length());
    }

    @Test
    void rendersWhatPeopleWrite() {
        assertThat(
                        toHtml(
                                "# Checks\n\n- **12** of `12` passed\n- see [the report](https://ci.example.com/7 \"of run 7\")"))
                .isEqualTo("""
                        <h1>Checks</h1>
                        <ul>
                        <li><strong>12</strong> of <code>12</code> passed</li>
                        <li>see <a href="https://ci.example.com/7" rel="nofollow noopener" title="of run 7">the report</a></li>
                        </ul>
                        """);
        assertThat(toHtml("<ops@example.com>"))
                .isEqualTo("<p><a href=\"mailto:ops@example.com\" rel=\"nofollow noopener\">ops@example.com</a></p>\n");
        assertThat(toHtml("")).isEmpty();
    }

    @Test
    void isPlainTextInALog() {
        Map.of(
                        "**All** passed, see [the report](https://ci.example.com/7).",
                        "All passed, see the report (https://ci.example.com/7).",
                        "# Checks\n\n- **12** of 12\n- a_b_c * d * e",
                        "Checks\n- 12 of 12\n- a_b_c * d * e",
                        "<https://ci.example.com/7> <ops@example.com>",
                        "https://ci.example.com/7 ops@example.com",
                        "![chart](https://example.com/a.png) [x](javascript:1)",
                        "chart (https://example.com/a.png) x",
                        "a <b>b</b> &amp;",
                        "a <b>b</b> &",
                        "1 failed",
                        "1 failed",
                        "",
                        "")
                .forEach((markdown, text) ->
                        assertThat(Markdown.toText(markdown)).isEqualTo(text));
        String whole = "x".repeat(Markdown.MAX_SHOWN - 1) + "\ud83d\ude00 **y**";
        assertThat(Markdown.toText(whole)).isEqualTo(whole);
    }

    @Test
    void showsMarkupAsText() {
        assertThat(toHtml("a <b onclick=x>b</b>\n\n<script>alert(1)</script>"))
                .isEqualTo("<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
    }

    @Test
    void linksNowhereElse() {
        for (String address : List.of(
                "javascript:alert(1)",
                "JaVaScRiPt:alert(1)",
                "&#106;avascript:alert(1)",
                "java&#10;script:alert(1)",
                "<java script:alert(1)>",
                "data:text/html;base64,PHNjcmlwdD4=",
                "vbscript:x",
                "file:///etc/passwd",
                "../job/x/doDelete",
                "//example.com/x",
                "x",
                "")) {
            assertThat(toHtml("[text](" + address + ")")).as(address).doesNotContain("href");
            assertThat(toHtml("![text](" + address + ")")).as(address).doesNotContain("href", "src");
        }
    }

    @Test
    void loadsNoImages() {
        assertThat(toHtml("![chart](https://example.com/a.png)"))
                .isEqualTo("<p><a href=\"https://example.com/a.png\" rel=\"nofollow noopener\">chart</a></p>\n");
        assertThat(toHtml("[![](https://example.com/a.png)](https://example.com/)"))
                .isEqualTo("<p><a href=\"https://example.com/\" rel=\"nofollow noopener\"></a></p>\n");
        assertThat(toHtml("![](https://example.com/a.png)")).contains(">https://example.com/a.png</a>");
    }

    /** Returns messages that make a parser slow or its stack high: repeated characters that may begin an element. */
    private static List<String> slowOnes() {
        int bytes = 65_536;
        List<String> slow = new ArrayList<>();
        for (String piece : List.of(
                ">",
                "- ",
                "*a ",
                "**a ",
                "[",
                "`",
                "[[]()",
                "![[]()",
                "[[](x)",
                "[x [](y)",
                "*[a](b)_",
                "[a](b)*",
                "[](",
                "[a](<b",
                "[a](b '",
                "[]",
                "][",
                "[a][",
                "[*a_",
                "*a_b",
                "a**b",
                "**a*",
                "***a",
                "_*[",
                "<a b='",
                "<!--",
                "<?",
                "- - a\n",
                "=\n",
                "* a\n\n")) {
            slow.add(piece.repeat(bytes / piece.length()));
        }
        StringBuilder ticks = new StringBuilder();
        for (int length = 1; ticks.length() < bytes; length++) {
            ticks.append("`".repeat(length)).append(' ');
        }
        slow.add(ticks.toString());
        StringBuilder stairs = new StringBuilder();
        for (int depth = 0; stairs.length() < bytes; depth++) {
            stairs.append(" ".repeat(2 * depth)).append("- a\n");
        }
        slow.add(stairs.toString());
        return slow;
    }

    /**
     * Measures processor time, since the machine may be busy. A tenth of the limit is usual; uncut messages take
     * seconds.
     */
    @Test
    void takesNoLongerForAnyMessage() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        slowOnes().forEach(MarkdownTest::checkIsHarmless); // warms up
        for (String message : slowOnes()) {
            long start = threads.getCurrentThreadCpuTime();
            toHtml(start + message); // not in the cache
            Markdown.toText(message);
            Duration taken = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);

            assertThat(taken).as(message.substring(0, 20)).isLessThan(Duration.ofMillis(250));
        }
    }

    @Test
    void cutsALongMessageAndSaysSo() {
        String whole = "x".repeat(Markdown.MAX_SHOWN);

        assertThat(toHtml(whole)).isEqualTo("<p>" + whole + "</p>\n");
        assertThat(toHtml(whole + "y")).isEqualTo("<p>" + whole + "</p>\n<p><em>Message truncated.</em></p>\n");
        assertThat(toHtml("x".repeat(Markdown.MAX_SHOWN - 1) + "\ud83d\ude00"))
                .startsWith("<p>" + "x".repeat(Markdown.MAX_SHOWN - 1) + "</p>");
    }

    @Test
    void showsAsTextWhatComesAfterTooMuchMarkup() {
        String html = toHtml("**b** ".repeat(Markdown.MAX_MARKS / 4) + "\nrest **b** <b>");

        assertThat(html).contains("<strong>b</strong>").endsWith("<pre><code>rest **b** &lt;b&gt;</code></pre>\n");
        assertThat(toHtml("[".repeat(Markdown.MAX_MARKS) + "**b**"))
                .isEqualTo("<p>" + "[".repeat(Markdown.MAX_MARKS) + "</p>\n<pre><code>**b**</code></pre>\n");
    }

    /** A message can define a link once and use it many times. */
    @Test
    void isNotManyTimesAsLongAsTheMessage() {
        String definition = "[a]: https://example.com/" + "b".repeat(4000) + "\n\n";

        assertThat(toHtml(definition + "[a] [a]")).containsPattern("(?s)href=.*href=");
        assertThat(toHtml(definition + "[a]".repeat(400))).hasSizeLessThan(20 * Markdown.MAX_SHOWN);
        assertThat(Markdown.toText(definition + "[a]".repeat(400))).hasSizeLessThan(20 * Markdown.MAX_SHOWN);
    }

    @Test
    void rendersAMessageOnce() {
        String message = "**once** " + "x".repeat(100);

        assertThat(toHtml(message)).isSameAs(toHtml(new String(message)));
    }

    @Test
    void keepsABoundedAmountOfHtml() {
        for (int i = 0; i < 1500; i++) {
            toHtml("message " + i + " " + "x".repeat(8000));
            toHtml("message 0 " + "x".repeat(8000)); // recently used, so it is kept
        }

        long kept = Markdown.RENDERED.asMap().entrySet().stream()
                .mapToLong(each -> each.getKey().length() + each.getValue().length())
                .sum();
        assertThat(kept).isBetween(Markdown.MAX_KEPT / 2, Markdown.MAX_KEPT);
        assertThat(Markdown.RENDERED.asMap()).containsKey("message 0 " + "x".repeat(8000));
    }

    @Test
    void isHarmlessWhateverIsPutTogether() {
        Seeds.each(1000, draw -> checkIsHarmless(String.join("", draw.list(0, 12, () -> attack(draw)))));
    }

    private static String attack(Draw draw) {
        String payload = draw.any(PAYLOADS);
        String url = draw.any(SCHEMES) + payload;
        return switch (draw.nextInt(10)) {
            case 0 -> "[a](" + url + ")";
            case 1 -> "[a](<" + url + ">)";
            case 2 -> "![a](" + url + " \"t\")";
            case 3 -> "<" + url + ">";
            case 4 -> "[r]: " + url + " 'title'\n\n[r]\n";
            case 5 -> "<a href=\"" + url + "\">b</a>";
            case 6 -> "<img src=x onerror=" + url + ">";
            case 7 -> "```" + payload + "\ncode\n```\n";
            case 8 -> payload;
            default -> draw.any(MARKS);
        };
    }
}
