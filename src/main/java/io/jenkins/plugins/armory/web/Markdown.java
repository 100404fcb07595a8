package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
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
 */
final class Markdown {

    /**
     * How deep lists, quotations and emphases may lie in each other; what is deeper is text. A message of 64 KiB could have
     * enough of them to use up the stack of whatever walks through it.
     */
    private static final int MAX_NESTING = 50;

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

    private Markdown() {}

    /** @return HTML of paragraphs, headings, lists, quotations, code and links; empty for an empty message */
    static String toHtml(String markdown) {
        return RENDERER.render(PARSER.parse(markdown));
    }

    /** Links, and images as links. One that may not be shown is its text. */
    private static final class Links implements NodeRenderer {

        private final HtmlNodeRendererContext context;

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
            boolean asLink = SAFE_URL.matcher(destination).matches() && !isInLink(node);
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
