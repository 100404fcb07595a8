package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;

/** The page of all approvals, as the tests find their way on it. */
final class ApprovalsPage {

    private ApprovalsPage() {}

    /** The page, with the approvals of one job found. */
    static BrowserPage open(Browser browser, Jenkins jenkins, int width, int height, Job job) {
        BrowserPage page = browser.open(width, height, jenkins.controller().authorization())
                .goTo(jenkins.controller().url() + "armory/")
                .await("document.querySelector('#armory-approvals input[type=search]')?.checkVisibility()");
        search(page, job.name() + " #");
        return page;
    }

    static void search(BrowserPage page, String words) {
        page.evaluate("(() => { const box = document.querySelector('#armory-approvals input[type=search]');"
                + " box.focus(); box.select(); })()");
        page.type(words);
    }

    /** An expression: the text of the rows that a table shows, one string each. */
    static String rows(String table) {
        return "[...document.querySelectorAll('[aria-labelledby=armory-approvals-" + table
                + "] tbody tr')].map((row) => row.innerText)";
    }

    static void awaitRows(BrowserPage page, int waiting, int decided) {
        page.await(rows("waiting") + ".length === " + waiting + " && " + rows("decided") + ".length === " + decided);
    }
}
