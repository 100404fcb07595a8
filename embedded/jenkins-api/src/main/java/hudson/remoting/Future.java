package hudson.remoting;

/** The result of something that runs at the other end of a channel. */
public interface Future<V> extends java.util.concurrent.Future<V> {}
