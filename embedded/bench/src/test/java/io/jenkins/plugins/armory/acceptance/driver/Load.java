package io.jenkins.plugins.armory.acceptance.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast requests were answered that were sent over kept connections, each connection's next one once the last was
 * answered.
 *
 * @param nanos times of the single requests, in order of size
 * @param total time of all of them, in nanoseconds
 */
public record Load(long[] nanos, long total) {

    /**
     * Of a request that was taken: also a redirect, with which the embedded controller answers forms. A 202 would have
     * come too early.
     */
    private static final Set<Integer> TAKEN = Set.of(200, 302);

    /** A POST request with a JSON body, see {@link KeptConnection#post}. */
    public record Request(String path, String authorization, String body) {}

    /**
     * Sends the requests, and fails if one is refused.
     *
     * @param url of the server
     */
    public static Load send(String url, List<Request> requests, int connections) throws Exception {
        Queue<Request> open = new ConcurrentLinkedQueue<>(requests);
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        long[] nanos = new long[requests.size()];
        long total;
        try {
            long start = System.nanoTime();
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                all.add(threads.submit(() -> sendAll(url, open)));
            }
            int sent = 0;
            for (Future<List<Long>> each : all) {
                for (long time : each.get()) {
                    nanos[sent++] = time;
                }
            }
            total = System.nanoTime() - start;
            assertThat(sent).isEqualTo(requests.size());
        } finally {
            threads.shutdownNow();
        }
        Arrays.sort(nanos);
        return new Load(nanos, total);
    }

    private static List<Long> sendAll(String url, Queue<Request> open) throws Exception {
        List<Long> nanos = new ArrayList<>();
        try (KeptConnection connection = new KeptConnection(url)) {
            for (Request request = open.poll(); request != null; request = open.poll()) {
                byte[] bytes = connection.post(request.path(), request.authorization(), request.body());
                long start = System.nanoTime();
                int status = connection.send(bytes);
                nanos.add(System.nanoTime() - start);
                assertThat(status).as(request.path()).isIn(TAKEN);
            }
        }
        return nanos;
    }

    public double perSecond() {
        return nanos.length * 1e9 / total;
    }

    /** The milliseconds within which that part of the requests was answered. */
    public double millis(double quantile) {
        return nanos[(int) Math.min(nanos.length - 1, Math.floor(nanos.length * quantile))] / 1e6;
    }
}
