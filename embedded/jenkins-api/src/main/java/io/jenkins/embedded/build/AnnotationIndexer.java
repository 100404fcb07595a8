package io.jenkins.embedded.build;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.tools.StandardLocation;

/**
 * Lists the annotated classes of a plugin, and the classes of its annotated methods, in {@code
 * META-INF/services/annotations/}, where a real Jenkins looks for {@code @Symbol} and {@code @Initializer}. In the
 * ordinary build the library annotation-indexer does that, which is not on Central.
 */
@SupportedAnnotationTypes({"hudson.init.Initializer", "org.jenkinsci.Symbol", "org.kohsuke.accmod.Restricted"})
public final class AnnotationIndexer extends AbstractProcessor {
    private final Map<String, Set<String>> index = new TreeMap<>();

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        for (var annotation : annotations) {
            for (Element element : round.getElementsAnnotatedWith(annotation)) {
                Element annotated = element instanceof ExecutableElement ? element.getEnclosingElement() : element;
                if (annotated instanceof TypeElement type) {
                    index.computeIfAbsent(annotation.getQualifiedName().toString(), unused -> new TreeSet<>())
                            .add(processingEnv
                                    .getElementUtils()
                                    .getBinaryName(type)
                                    .toString());
                }
            }
        }
        if (round.processingOver()) {
            index.forEach(this::write);
        }
        return false;
    }

    private void write(String annotation, Set<String> classes) {
        try {
            var file = processingEnv
                    .getFiler()
                    .createResource(StandardLocation.CLASS_OUTPUT, "", "META-INF/services/annotations/" + annotation);
            try (var out = new PrintWriter(file.openWriter())) {
                classes.forEach(name -> out.print(name + "\n"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
