package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Messages of callers as HTML that is safe to show: they come from outside and are not to be trusted. Markup in a message is
 * shown as text, links lead to http, https and mailto alone, and an image is a link to it, so that looking at a page tells
 * no other server of it.
 *
 * <p>What a message costs is bounded too. The parser looks at all that is left of a paragraph, or at all that came before, for
 * each character that may begin or end something, which for some messages takes a time that grows with the square of their
 * length. So a message is cut, and from a number of such characters on it is shown as text.
 */
final class Markdown {

    /**
     * How deep lists, quotations and emphases may lie in each other; what is deeper is text. A message of 64 KiB could have
     * enough of them to use up the stack of whatever walks through it.
     */
    private static final int MAX_NESTING = 50;

    /** How much of a message is shown, in characters. */
    static final int MAX_SHOWN = 8192;

    /** How many {@link #MARKS} the parser gets to see. */
    static final int MAX_MARKS = 1000;

    /** The characters that may begin or end something within a paragraph. */
    private static final String MARKS = "[]*_`<!&";

    /**
     * How long all addresses and titles of links may be together: a message can define a link once and use it again and again.
     * Somewhat more than is shown, since an address may be longer than what stands for it ({@code <a@b>}).
     */
    private static final int MAX_ADDRESSES = 4 * MAX_SHOWN;

    /** In characters: some hundred messages of the worst kind, or thousands of the usual one. */
    private static final long MAX_KEPT = 16L * 1024 * 1024;

    /** What a link may begin with: a full address, with nothing in it that a browser would skip. */
    private static final Pattern SAFE_URL =
            Pattern.compile("(?:https?://|mailto:)[^\\s\\p{Cntrl}]+", Pattern.CASE_INSENSITIVE);

    private static final Parser PARSER = Parser.builder()
            .maxOpenBlockParsers(MAX_NESTING)
            .maxInlineNesting(MAX_NESTING)
            .build();

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .escapeHtml(true)
            .nodeRendererFactory(Links::new)
            .build();

    private static final RenderedMessages RENDERED = new RenderedMessages(MAX_KEPT, Markdown::render);

    private Markdown() {}

    /**
     * Returns HTML of paragraphs, headings, lists, quotations, code and links; empty for an empty message. Where the message is cut,
     * the HTML says so in the viewer's language.
     */
    static String toHtml(String markdown) {
        String html = RENDERED.get(shown(markdown));
        return markdown.length() <= MAX_SHOWN ? html : html + "<p><em>" + Messages.Markdown_cut() + "</em></p>\n";
    }

    /** Returns what is shown of a message: all of it, or its beginning. */
    static String shown(String markdown) {
        if (markdown.length() <= MAX_SHOWN) {
            return markdown;
        }
        return markdown.substring(
                0, Character.isHighSurrogate(markdown.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN);
    }

    private static String render(String markdown) {
        int end = endOfMarkup(markdown);
        Node document = PARSER.parse(markdown.substring(0, end));
        if (end < markdown.length()) {
            FencedCodeBlock rest = new FencedCodeBlock();
            rest.setLiteral(markdown.substring(end));
            document.appendChild(rest);
        }
        return RENDERER.render(document);
    }

    /** Where a message has too many marks: at the begin of that line, if it has lines. */
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

    /** Links, and images as links. One that may not be shown is its text. */
    private static final class Links implements NodeRenderer {

        private final HtmlNodeRendererContext context;
        private int addresses;

        Links(HtmlNodeRendererContext context) {
            this.context = context;
        }

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
            // A link within another one, as an image in a link would be, is no HTML.
            boolean asLink =
                    SAFE_URL.matcher(destination).matches() && !isInLink(node) && !isTooMuch(destination, title);
            if (asLink) {
                Map<String, String> attributes = new LinkedHashMap<>();
                attributes.put("href", context.encodeUrl(destination));
                attributes.put("rel", "nofollow noopener");
                if (title != null) {
                    attributes.put("title", title);
                }
                context.getWriter().tag("a", attributes);
            }
            if (asLink && node.getFirstChild() == null) {
                context.getWriter().text(destination);
            }
            for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
                context.render(child);
            }
            if (asLink) {
                context.getWriter().tag("/a");
            }
        }

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
}
