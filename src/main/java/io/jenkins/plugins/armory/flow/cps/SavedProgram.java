package io.jenkins.plugins.armory.flow.cps;

import hudson.model.Run;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The program of a build as the engine saved it last. */
public final class SavedProgram {

    private static final String FILE = "program.dat";
    private static final boolean WINDOWS = File.separatorChar == '\\';

    private SavedProgram() {}

    /**
     * Whether an object that was saved with the program has that text. It is looked for as it stands, so that what is found is
     * there; what is not found may be there all the same. On Windows it is not looked for: the engine could not replace the file
     * meanwhile.
     *
     * @param text of nothing but ASCII characters, and as good as unique
     */
    public static boolean has(Run<?, ?> run, String text) throws IOException {
        if (WINDOWS) {
            return false;
        }
        Path file = run.getRootDir().toPath().resolve(FILE);
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (NoSuchFileException x) {
            return false;
        }
    }
}
