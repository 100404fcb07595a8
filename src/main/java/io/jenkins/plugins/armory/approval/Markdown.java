package io.jenkins.plugins.armory.approval;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentNodeRendererContext;
import org.commonmark.renderer.text.TextContentRenderer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Conversion of messages from callers, which are not trusted, to safe HTML, and to plain text. HTML in a message is
 * shown as text. Links may only lead to http, https and mailto. An image becomes a link, so that opening a page sends
 * no request to another server.
 *
 * <p>The cost is bounded too. For each character that may begin or end an element, the parser scans the rest of the
 * paragraph or all that came before, so its time can be quadratic. So a message is cut, and after a number of such
 * characters the rest is shown as text.
 */
@Restricted(NoExternalUse.class)
public final class Markdown {

    /**
     * The maximum nesting of lists, quotations and emphases; deeper ones are text. A message of 64 KiB could otherwise
     * overflow the stack of the renderer.
     */
    private static final int MAX_NESTING = 50;

    /** The number of characters that are shown of a message. */
    static final int MAX_SHOWN = 8192;

    /** The number of {@link #MARKS} that are parsed. */
    static final int MAX_MARKS = 1000;

    /** The characters that may begin or end an element within a paragraph. */
    private static final String MARKS = "[]*_`<!&";

    /**
     * The total length of the addresses and titles of links, because a message can define a link once and use it many
     * times. It is more than {@link #MAX_SHOWN}, because an address can be longer than its source ({@code <a@b>}).
     */
    private static final int MAX_ADDRESSES = 4 * MAX_SHOWN;

    /** The size of the cache in characters: hundreds of the largest messages, or thousands of usual ones. */
    static final long MAX_KEPT = 16L * 1024 * 1024;

    /** An absolute address without characters that a browser would skip. */
    private static final Pattern SAFE_URL =
            Pattern.compile("(?:https?://|mailto:)[^\\s\\p{Cntrl}]+", Pattern.CASE_INSENSITIVE);

    private static final Parser PARSER = Parser.builder()
            .maxOpenBlockParsers(MAX_NESTING)
            .maxInlineNesting(MAX_NESTING)
            .build();

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .escapeHtml(true)
            .nodeRendererFactory(HtmlLinks::new)
            .build();

    private static final TextContentRenderer TEXT_RENDERER =
            TextContentRenderer.builder().nodeRendererFactory(TextLinks::new).build();

    /** The messages that were shown last, as HTML. */
    static final LoadingCache<String, String> RENDERED = CacheBuilder.newBuilder()
            .concurrencyLevel(1) // else each part of the cache has a limit
            .maximumWeight(MAX_KEPT)
            .weigher((String message, String html) -> message.length() + html.length())
            .build(CacheLoader.from(Markdown::render));

    private Markdown() {}

    /**
     * Returns HTML with paragraphs, headings, lists, quotations, code and links; empty for an empty message.
     *
     * @param cut says in the viewer's language that a message was cut
     */
    public static String toHtml(String markdown, Supplier<String> cut) {
        String html = RENDERED.getUnchecked(shown(markdown));
        return markdown.length() <= MAX_SHOWN ? html : html + "<p><em>" + cut.get() + "</em></p>\n";
    }

    /**
     * Returns the message as plain text; a link has its address behind it. What {@link #toHtml} cuts off is as it was
     * written.
     */
    public static String toText(String markdown) {
        String start = shown(markdown);
        return TEXT_RENDERER.render(parse(start)) + markdown.substring(start.length());
    }

    /** Returns the beginning of a message that is shown, or all of it. */
    public static String shown(String markdown) {
        if (markdown.length() <= MAX_SHOWN) {
            return markdown;
        }
        return markdown.substring(
                0, Character.isHighSurrogate(markdown.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN);
    }

    private static String render(String markdown) {
        return RENDERER.render(parse(markdown));
    }

    private static Node parse(String markdown) {
        int end = endOfMarkup(markdown);
        Node document = PARSER.parse(markdown.substring(0, end));
        if (end < markdown.length()) {
            FencedCodeBlock rest = new FencedCodeBlock();
            rest.setLiteral(markdown.substring(end));
            document.appendChild(rest);
        }
        return document;
    }

    /** Returns the start of the line with the first mark too many, or of that mark if it is in the first line. */
    private static int endOfMarkup(String markdown) {
        int marks = 0;
        for (int i = 0; i < markdown.length(); i++) {
            if (MARKS.indexOf(markdown.charAt(i)) >= 0 && ++marks > MAX_MARKS) {
                int line = markdown.lastIndexOf('\n', i) + 1;
                return line == 0 ? i : line;
            }
        }
        return markdown.length();
    }

    /** Renders links, and images as links. A link that is not allowed is rendered as its text. */
    private abstract static class Links implements NodeRenderer {

        private int addresses;

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(Link.class, Image.class);
        }

        @Override
        public void render(Node node) {
            if (node instanceof Link link) {
                render(link, link.getDestination(), link.getTitle());
            } else if (node instanceof Image image) {
                render(image, image.getDestination(), image.getTitle());
            }
        }

        private void render(Node node, String destination, @CheckForNull String title) {
            // HTML does not allow a link in a link, which an image in a link would be.
            if (SAFE_URL.matcher(destination).matches() && !isInLink(node) && !isTooMuch(destination, title)) {
                renderLink(node, destination, title);
            } else {
                renderText(node);
            }
        }

        abstract void renderLink(Node node, String destination, @CheckForNull String title);

        void renderText(Node node) {
            for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
                renderChild(child);
            }
        }

        abstract void renderChild(Node child);

        private boolean isTooMuch(String destination, @CheckForNull String title) {
            addresses += destination.length() + (title == null ? 0 : title.length());
            return addresses > MAX_ADDRESSES;
        }

        private static boolean isInLink(Node node) {
            for (Node each = node.getParent(); each != null; each = each.getParent()) {
                if (each instanceof Link || each instanceof Image) {
                    return true;
                }
            }
            return false;
        }
    }

    private static final class HtmlLinks extends Links {

        private final HtmlNodeRendererContext context;

        HtmlLinks(HtmlNodeRendererContext context) {
            this.context = context;
        }

        @Override
        void renderLink(Node node, String destination, @CheckForNull String title) {
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put("href", context.encodeUrl(destination));
            attributes.put("rel", "nofollow noopener");
            if (title != null) {
                attributes.put("title", title);
            }
            context.getWriter().tag("a", attributes);
            if (node.getFirstChild() == null) {
                context.getWriter().text(destination);
            }
            renderText(node);
            context.getWriter().tag("/a");
        }

        @Override
        void renderChild(Node child) {
            context.render(child);
        }
    }

    private static final class TextLinks extends Links {

        private final TextContentNodeRendererContext context;

        TextLinks(TextContentNodeRendererContext context) {
            this.context = context;
        }

        @Override
        void renderLink(Node node, String destination, @CheckForNull String title) {
            renderText(node);
            boolean isItsText = node.getFirstChild() instanceof Text text
                    && (destination.equals(text.getLiteral()) || destination.equals("mailto:" + text.getLiteral()));
            context.getWriter().write(isItsText ? "" : " (" + destination + ")");
        }

        @Override
        void renderChild(Node child) {
            context.render(child);
        }
    }
}
