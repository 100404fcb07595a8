package io.jenkins.embedded;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.marshalling.Marshalling;
import org.jboss.marshalling.MarshallingConfiguration;
import org.jboss.marshalling.SimpleClassResolver;
import org.jboss.marshalling.river.RiverMarshallerFactory;

/** Keeps a suspended {@link Program} on disk, in the same way as Jenkins does: as one graph of serialized objects. */
final class ProgramFile {

    private ProgramFile() {}

    static void write(Path file, Program program) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var marshaller = new RiverMarshallerFactory().createMarshaller(new MarshallingConfiguration())) {
            marshaller.start(Marshalling.createByteOutput(bytes));
            marshaller.writeObject(program);
            marshaller.finish();
        }
        AtomicFile.write(file, bytes.toByteArray());
    }

    /** @param loader the loader of the script's classes */
    static Program read(Path file, ClassLoader loader) throws IOException, ClassNotFoundException {
        var configuration = new MarshallingConfiguration();
        configuration.setClassResolver(new SimpleClassResolver(loader));
        try (var unmarshaller = new RiverMarshallerFactory().createUnmarshaller(configuration)) {
            unmarshaller.start(Marshalling.createByteInput(new ByteArrayInputStream(Files.readAllBytes(file))));
            var program = unmarshaller.readObject(Program.class);
            unmarshaller.finish();
            return program;
        }
    }
}
