package io.jenkins.plugins.armory.config.form;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What holds for the argument of a step, or of an object in its arguments, that a setter takes. */
@Restricted(NoExternalUse.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Argument {

    /**
     * Whether it would mean something else without a value, as that of a variable that is not set: less would decide,
     * more callers be let in, a call not be signed.
     */
    boolean filled() default false;

    /** Whether a number or a boolean stands for its text, and one value for a list of it. */
    boolean scalar() default false;

    /** Whether a map stands for the list of its entries. */
    boolean map() default false;

    /** The field of an object, or of each object of a list, for which a text stands; empty for none. */
    String text() default "";

    /** Whether it is for the external process, whoever defines its webhook, and of no use without one. */
    boolean forProcess() default false;
}
