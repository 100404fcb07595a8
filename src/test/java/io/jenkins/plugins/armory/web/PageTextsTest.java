package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;

/** All that people read on a page or form can be translated: it is in a file of properties, or a help file of its own. */
class PageTextsTest {

    /** Attributes that people see or hear. */
    private static final Set<String> READ =
            Set.of("title", "description", "tooltip", "placeholder", "alt", "caption", "aria-label", "header", "add");

    /** Whole files in one language, which have a translation beside them. */
    private static final Set<String> WHOLE = Set.of("help.jelly", "index.jelly");

    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{[^}]*}");
    private static final Pattern WORD = Pattern.compile("\\p{L}{2}");

    @Test
    void pagesHaveNoWordsOfTheirOwn() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path page : pages()) {
            Element root = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(page.toFile())
                    .getDocumentElement();
            collect(root, page, found);
        }
        assertThat(found).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        Path inRoot = Path.of("src/main/resources"); // or the build runs two folders below it
        try (Stream<Path> files = Files.walk(Files.exists(inRoot) ? inRoot : Path.of("../../src/main/resources"))) {
            List<Path> pages = files.filter(file -> file.toString().endsWith(".jelly"))
                    .filter(file -> !WHOLE.contains(file.getFileName().toString()))
                    .toList();
            assertThat(pages).hasSizeGreaterThan(10);
            return pages;
        }
    }

    private static void collect(Node node, Path page, List<String> found) {
        if (node instanceof Text text) {
            addIfRead(text.getData(), page, found);
        } else if (node instanceof Element element) {
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                Attr attribute = (Attr) element.getAttributes().item(i);
                if (READ.contains(attribute.getName())) {
                    addIfRead(attribute.getValue(), page, found);
                }
            }
        }
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            collect(child, page, found);
        }
    }

    private static void addIfRead(String text, Path page, List<String> found) {
        if (WORD.matcher(EXPRESSION.matcher(text).replaceAll("")).find()) {
            found.add(page + ": " + text.strip());
        }
    }
}
