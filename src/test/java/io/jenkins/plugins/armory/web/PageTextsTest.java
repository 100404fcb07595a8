package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;

/**
 * All that people read on a page or form can be translated: it is in a file of properties, or a help file of its own.
 *
 * <p>English on purpose is what is written once for everybody, or for programs: the build's log, errors of steps, the record of an
 * approval, the controller's log, and what external processes are answered.
 */
class PageTextsTest {

    /** Attributes that people see or hear. */
    private static final Set<String> READ =
            Set.of("title", "description", "tooltip", "placeholder", "alt", "caption", "aria-label", "header", "add");

    /** Whole files in one language, which have a translation beside them. */
    private static final Set<String> WHOLE = Set.of("help.jelly", "index.jelly");

    private static final List<String> PACKAGES = List.of("config", "config/form", "protect", "web");

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

    /** The classes behind pages, forms and commands. */
    @Test
    void classesOfPagesAndFormsHaveNoWordsOfTheirOwn() throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> found = new ArrayList<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources = new ArrayList<>();
            for (String name : PACKAGES) {
                try (Stream<Path> files = Files.list(inProject("src/main/java/io/jenkins/plugins/armory/" + name))) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.endsWith("UnderWay.java")) // makes the texts of errors
                            .forEach(sources::add);
                }
            }
            assertThat(sources).hasSizeGreaterThan(50);
            JavacTask parser = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(sources));
            for (CompilationUnitTree unit : parser.parse()) {
                new Literals(unit, found).scan(unit, null);
            }
        }
        assertThat(found).isEmpty();
    }

    /** Finds literals of several words, except those that are English on purpose. */
    private static final class Literals extends TreeScanner<Void, Void> {

        private static final Pattern WORDS = Pattern.compile("\\p{L}{2,} \\p{L}{2,}");
        /** The names of icons and of attributes of HTML look like words. */
        private static final Pattern NAMES = Pattern.compile("symbol-.*|nofollow noopener|rollback\\.under way");

        private final CompilationUnitTree unit;
        private final List<String> found;

        Literals(CompilationUnitTree unit, List<String> found) {
            this.unit = unit;
            this.found = found;
        }

        @Override
        public Void visitLiteral(LiteralTree literal, Void nothing) {
            if (literal.getValue() instanceof String text
                    && WORDS.matcher(text).find()
                    && !NAMES.matcher(text).matches()) {
                found.add(Path.of(unit.getSourceFile().getName()).getFileName() + ": " + text);
            }
            return null;
        }

        /** Usages of options are constants of their annotations, which Jenkins prints as they are. */
        @Override
        public Void visitAnnotation(AnnotationTree annotation, Void nothing) {
            return null;
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            return made.getIdentifier().toString().matches("(.*Exception|(.*\\.)?Place)")
                    ? null
                    : super.visitNewClass(made, null);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            return call.getMethodSelect().toString().matches("LOGGER\\.log|Objects\\.requireNonNull")
                    ? null
                    : super.visitMethodInvocation(call, null);
        }
    }

    /** Returns a folder of the project: the build may run in the root folder, or two below it. */
    private static Path inProject(String path) {
        Path inRoot = Path.of(path);
        return Files.exists(inRoot) ? inRoot : Path.of("../..").resolve(path);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(inProject("src/main/resources"))) {
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
