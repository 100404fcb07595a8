package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests what {@link AcceptanceTest} promises, and closes it when it is not needed any more. */
public final class AcceptanceExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(AcceptanceExtension.class);

    /** The controller of all classes that run in this process; JUnit closes it at the end. */
    private record Shared(Controller controller) implements AutoCloseable {

        static Shared start() {
            Controller controller = Controller.create(Settings.CASC);
            System.out.println("The acceptance suite runs against " + controller.description() + ".");
            controller.start();
            return new Shared(controller);
        }

        @Override
        public void close() {
            controller.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Jenkins.class || type == ExternalProcess.class || type == Browser.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> wanted = parameter.getParameter().getType();
        if (wanted == ExternalProcess.class) {
            return context.getStore(NAMESPACE).computeIfAbsent(context.getUniqueId(), id -> new ExternalProcess());
        }
        if (wanted == Browser.class) {
            return session(context).computeIfAbsent(Browser.class, type -> new Browser(), Browser.class);
        }
        Shared shared = session(context).computeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
        return new Jenkins(shared.controller());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Browser browser = session(context).get(Browser.class, Browser.class);
        if (browser != null) {
            browser.closePages();
        }
    }

    /**
     * What lasts longer than a class: Surefire runs each class as a run of its own, all of a process in one session.
     */
    private static ExtensionContext.Store session(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE);
    }
}
