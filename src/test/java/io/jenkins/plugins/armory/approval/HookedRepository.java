package io.jenkins.plugins.armory.approval;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A repository with which something happens right after a call, as on another thread that is faster. */
public final class HookedRepository {

    private HookedRepository() {}

    /** What happens. */
    public interface Hook {
        void run() throws Exception;
    }

    /**
     * Returns a repository that runs something after each call of one method.
     *
     * @param repository does what is called
     */
    public static ApprovalRepository after(String method, ApprovalRepository repository, Hook hook) {
        return (ApprovalRepository) Proxy.newProxyInstance(
                ApprovalRepository.class.getClassLoader(),
                new Class<?>[] {ApprovalRepository.class},
                (proxy, called, arguments) -> {
                    Object result;
                    try {
                        result = called.invoke(repository, arguments);
                    } catch (InvocationTargetException x) {
                        throw x.getCause();
                    }
                    if (called.getName().equals(method)) {
                        hook.run();
                    }
                    return result;
                });
    }
}
