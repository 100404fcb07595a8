package hudson.model.queue;

import org.jvnet.localizer.Localizable;

/** Why something cannot run. */
public abstract class CauseOfBlockage {

    public abstract String getShortDescription();

    public static CauseOfBlockage fromMessage(Localizable l) {
        return new CauseOfBlockage() {
            @Override
            public String getShortDescription() {
                return l.toString();
            }
        };
    }
}
