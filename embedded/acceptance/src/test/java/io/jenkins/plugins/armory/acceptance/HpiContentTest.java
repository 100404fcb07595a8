package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The plugin that the embedded build packages is the one that the ordinary build does. Needs the latter, so it is
 * skipped where that has not been run.
 */
class HpiContentTest {

    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String JAR = "WEB-INF/lib/armory-webhook-approval.jar";

    /**
     * The manifest and the jar are looked at by themselves; the list of licences has what optional plugins bring; the
     * ordinary build flattens the POM.
     */
    private static final Set<String> NOT_COMPARED =
            Set.of("MANIFEST.MF", "armory-webhook-approval.jar", "licenses.xml", "pom.xml");

    /**
     * Neither of the two must have these: names of the parameters of web methods, of which Stapler's processor leaves
     * some out from build to build, and which are in the classes too; the Javadoc of exported properties, for their
     * page; and indexes that nothing reads of this plugin. Into that of restricted types the indexer of the ordinary
     * build puts no records.
     */
    private static final Pattern OPTIONAL = Pattern.compile(
            ".*/do[A-Z]\\w*\\.stapler|.*\\.javadoc|META-INF/exposed\\.stapler-beans|META-INF/services/annotations/org\\.kohsuke\\.(stapler\\.export|accmod)\\..*");

    private static Map<String, byte[]> embedded;
    private static Map<String, byte[]> ordinary;

    @BeforeAll
    static void read() throws IOException {
        Path hpi = Path.of("../../target/armory-webhook-approval.hpi");
        assumeTrue(
                Files.exists(hpi) && Files.getLastModifiedTime(hpi).compareTo(newestSource()) > 0,
                "compared only after the ordinary build of the same sources: mvn package in the root");
        ordinary = entries(Files.newInputStream(hpi));
        embedded = entries(Files.newInputStream(Path.of("../target/armory-webhook-approval.hpi")));
    }

    private static FileTime newestSource() throws IOException {
        FileTime newest = Files.getLastModifiedTime(Path.of("../../pom.xml"));
        try (Stream<Path> sources = Files.walk(Path.of("../../src/main"))) {
            for (Path source : (Iterable<Path>) sources::iterator) {
                FileTime time = Files.getLastModifiedTime(source);
                newest = time.compareTo(newest) > 0 ? time : newest;
            }
        }
        return newest;
    }

    private static Map<String, byte[]> entries(InputStream archive) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(archive)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory() && !OPTIONAL.matcher(entry.getName()).matches()) {
                    entries.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
        return entries;
    }

    @Test
    void hasTheSameFiles() throws IOException {
        assertSameFiles(embedded, ordinary);
    }

    @Test
    void hasTheSameClassesAndResources() throws IOException {
        assertSameFiles(
                entries(new ByteArrayInputStream(embedded.get(JAR))),
                entries(new ByteArrayInputStream(ordinary.get(JAR))));
    }

    @Test
    void hasTheSameManifest() throws IOException {
        assertThat(attributes(embedded)).isEqualTo(attributes(ordinary));
    }

    private static void assertSameFiles(Map<String, byte[]> actual, Map<String, byte[]> expected) throws IOException {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        for (String name : expected.keySet()) {
            if (name.endsWith(".stapler")
                    || name.endsWith(".properties")) { // some have the time of the build in a comment
                assertThat(properties(actual.get(name))).as(name).isEqualTo(properties(expected.get(name)));
            } else if (name.endsWith(".class")) {
                assertThat(withoutRestrictions(actual.get(name)))
                        .as(name)
                        .isEqualTo(withoutRestrictions(expected.get(name)));
            } else if (!NOT_COMPARED.contains(name.substring(name.lastIndexOf('/') + 1))) {
                assertThat(actual.get(name)).as(name).isEqualTo(expected.get(name));
            }
        }
    }

    /**
     * A class without the annotation that the two builds have from different libraries, of which nothing is read at run
     * time.
     */
    private static byte[] withoutRestrictions(byte[] file) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(file).accept(new WithoutRestrictions(writer), 0);
        return writer.toByteArray();
    }

    private static final class WithoutRestrictions extends ClassVisitor {
        WithoutRestrictions(ClassWriter writer) {
            super(Opcodes.ASM9, writer);
        }

        private static boolean isRestriction(String descriptor) {
            return descriptor.equals("Lorg/kohsuke/accmod/Restricted;");
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            return isRestriction(descriptor) ? null : super.visitAnnotation(descriptor, visible);
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            return new FieldVisitor(api, super.visitField(access, name, descriptor, signature, value)) {
                @Override
                public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    return isRestriction(annotation) ? null : super.visitAnnotation(annotation, visible);
                }
            };
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(api, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                @Override
                public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    return isRestriction(annotation) ? null : super.visitAnnotation(annotation, visible);
                }
            };
        }
    }

    private static Properties properties(byte[] file) throws IOException {
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(file));
        return properties;
    }

    /** The manifest but for what says which tool made the file, where and from which commit. */
    private static Map<String, String> attributes(Map<String, byte[]> hpi) throws IOException {
        Attributes main = new Manifest(new ByteArrayInputStream(hpi.get(MANIFEST))).getMainAttributes();
        Map<String, String> attributes = new TreeMap<>();
        main.forEach((name, value) -> attributes.put(name.toString(), value.toString()));
        attributes.keySet().removeAll(Set.of("Created-By", "Ant-Version", "Implementation-Build"));
        attributes.computeIfPresent("Plugin-Version", (name, version) -> version.replaceFirst(" \\(private-.*\\)", ""));
        attributes.computeIfPresent(
                "Plugin-Dependencies",
                (name, value) -> Arrays.stream(value.split(",")).sorted().collect(Collectors.joining(",")));
        return attributes;
    }
}
