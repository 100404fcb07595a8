package io.jenkins.plugins.armory.flow.cps;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.impl.FunctionCallEnv;
import com.cloudbees.groovy.cps.impl.ProxyEnv;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The calls that a waiting thread of a Pipeline is in. There is no API that returns more of them than their places in the source. */
@Restricted(NoExternalUse.class)
public final class OpenCalls {

    private static final String OTHERWISE =
            "Steps in a closure that Java calls are therefore run although the engine leaves that early.";
    private static final Field PROGRAM = PrivateField.find(CpsThread.class, "program", OTHERWISE);
    private static final Field INNERMOST = PrivateField.find(Continuable.class, "e", OTHERWISE);
    private static final Field CALLER = PrivateField.find(FunctionCallEnv.class.getSuperclass(), "caller", OTHERWISE);
    private static final Field PARENT = PrivateField.find(ProxyEnv.class, "parent", OTHERWISE);

    private OpenCalls() {}

    /** Returns the calls of a thread that waits, the innermost first; none if that cannot be told. */
    public static List<Env> of(CpsThread thread) {
        List<Env> calls = new ArrayList<>();
        if (PrivateField.mayBeUsed()) {
            Object at = get(INNERMOST, get(PROGRAM, thread));
            while (at instanceof Env call) {
                boolean isBlock = call instanceof ProxyEnv; // as of a loop
                if (!isBlock) {
                    calls.add(call);
                }
                at = get(isBlock ? PARENT : CALLER, call);
            }
        }
        return calls;
    }

    @CheckForNull
    private static Object get(@CheckForNull Field field, @CheckForNull Object owner) {
        try {
            return field == null || owner == null ? null : field.get(owner);
        } catch (IllegalAccessException | IllegalArgumentException x) {
            return null; // it is another field of that name
        }
    }

    /** Returns the name of the method that has made a call, with its class; empty for the outermost call. */
    public static String caller(Env call) {
        var place = new ArrayList<StackTraceElement>();
        call.buildStackTraceElements(place, 1);
        return place.isEmpty()
                ? ""
                : place.get(0).getClassName() + '.' + place.get(0).getMethodName();
    }
}
