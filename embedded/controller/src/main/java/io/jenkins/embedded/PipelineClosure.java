package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Block;
import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.impl.CpsClosure;
import java.util.List;
import org.codehaus.groovy.runtime.InvokerHelper;

/** A closure of a Pipeline, in which {@code sleep} is the step, not Groovy's method that every object has. */
public class PipelineClosure extends CpsClosure {
    private static final long serialVersionUID = 1;

    public PipelineClosure(Object owner, Object thisObject, List<String> parameters, Block body, Env capture) {
        super(owner, thisObject, parameters, body, capture);
    }

    public Object sleep(long seconds) {
        return InvokerHelper.invokeMethod(getOwner(), "sleep", seconds);
    }
}
