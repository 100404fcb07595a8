package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;

/** The pages of the plugin, as the tests find their way on them. */
public final class ApprovalsPage {

    /** Selectors of the dialog that asks whether to approve or reject, and of its button that does so. */
    static final String DIALOG = "dialog.armory-decision";

    static final String SEND = DIALOG + " [type=submit]";

    /** Sets {@code window.attacked} wherever it is taken for markup. */
    static final String ATTACK =
            "<img src=x onerror=window.attacked=1><svg/onload=window.attacked=2>\"'><script>window.attacked=3</script>";

    /** The same between the single quotes of a Pipeline. */
    static final String QUOTED_ATTACK = ATTACK.replace("'", "\\'");

    private ApprovalsPage() {}

    /** The page, with the approvals of one job found. */
    static BrowserPage open(Browser browser, Jenkins jenkins, int width, int height, Job job) {
        BrowserPage page = browser.open(width, height, jenkins.authorization())
                .goTo(jenkins.controller().url() + "armory/")
                .await("document.querySelector('#armory-approvals input[type=search]')?.checkVisibility()");
        search(page, job.name() + " #");
        return page;
    }

    public static void search(BrowserPage page, String words) {
        page.evaluate("(() => { const box = document.querySelector('#armory-approvals input[type=search]');"
                + " box.focus(); box.select(); })()");
        page.type(words);
    }

    /**
     * An expression: the text of the rows that a table shows, one string each. Those that wait for the viewer are
     * waiting too.
     */
    public static String rows(String table) {
        return "[...document.querySelectorAll('[aria-labelledby^=armory-approvals-" + table
                + "] tbody tr')].map((row) => row.innerText)";
    }

    static void awaitRows(BrowserPage page, int waiting, int decided) {
        page.await(rows("waiting") + ".length === " + waiting + " && " + rows("decided") + ".length === " + decided);
    }

    /** Decides by the keyboard alone. */
    public static void decide(BrowserPage page, String button, String comment) {
        page.tabTo(button);
        page.enter();
        page.await("document.querySelector('" + DIALOG + "')?.open");
        page.type(comment);
        page.tabTo(SEND);
        page.enter();
    }

    /** No script failed, none of another's ran, and the content security policy had nothing to keep from happening. */
    public static void hasNoTrouble(BrowserPage page) {
        assertThat(page.troubles()).isEmpty();
        assertThat(page.violations()).isEmpty();
        assertThat(page.evaluate("window.attacked === undefined").asBoolean()).isTrue();
    }
}
