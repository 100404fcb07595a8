package hudson.remoting;

import java.io.IOException;

/** The way to an agent; the embedded controller has none. */
public interface VirtualChannel {

    <V, T extends Throwable> Future<V> callAsync(Callable<V, T> callable) throws IOException;
}
