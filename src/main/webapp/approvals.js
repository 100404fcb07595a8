/*
 * Fills the page of all approvals from api/json and keeps it up to date, with one request for the whole page. Whatever
 * comes from callers is set as text, never as markup.
 */
(() => {
  "use strict";

  const REFRESH_MILLIS = 3000;
  const page = document.getElementById("armory-approvals");

  const STATES = {
    SENDING: "Calling",
    WAITING: "Waiting",
    SUCCESS: "Succeeded",
    FAILURE: "Failed",
    TIMED_OUT: "Timed out",
    ABORTED: "Aborted",
    NOT_SENT: "Webhook failed",
  };

  function element(name, className, ...children) {
    const result = document.createElement(name);
    if (className) {
      result.className = className;
    }
    result.append(...children);
    return result;
  }

  function duration(millis) {
    const seconds = Math.max(0, Math.round(millis / 1000));
    const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    const first = units.findIndex(([, size]) => seconds >= size);
    if (first < 0) {
      return "0 s";
    }
    let rest = seconds;
    return units
      .slice(first, first + 2)
      .map(([unit, size]) => {
        const count = Math.floor(rest / size);
        rest -= count * size;
        return count > 0 ? `${count} ${unit}` : "";
      })
      .filter((part) => part)
      .join(" ");
  }

  function time(iso) {
    const result = element("time", "", new Date(iso).toLocaleString());
    result.dateTime = iso;
    return result;
  }

  function remaining(approval, now) {
    const start = Date.parse(approval.createdAt);
    const end = Date.parse(approval.deadline);
    const left = end - now;
    const bar = element("progress", "armory-approvals__bar");
    bar.max = end - start;
    bar.value = Math.min(Math.max(left, 0), bar.max);
    bar.setAttribute("aria-label", "Time left");
    const text = element("span", "", `${duration(left)} left`);
    text.title = `until ${new Date(end).toLocaleString()}`;
    return [bar, text];
  }

  function outcome(approval, now) {
    const cell = element("td", "armory-approvals__outcome");
    if (approval.decision) {
      const { mdMessage, decidedBy, decidedAt } = approval.decision;
      if (mdMessage) {
        cell.append(element("p", "armory-approvals__message", mdMessage));
      }
      cell.append(element("small", "", `${decidedBy}, `, time(decidedAt)));
    } else {
      cell.append(...remaining(approval, now));
    }
    if (approval.rejectedCallbacks) {
      const count = approval.rejectedCallbacks;
      cell.append(element(
        "small",
        "armory-approvals__rejected",
        `${count === 1 ? "1 callback was" : `${count} callbacks were`} refused, the last one: ${approval.lastRejection}`,
      ));
    }
    return cell;
  }

  function row(approval, now) {
    const state = approval.decision ? approval.decision.outcome : approval.state;
    const build = element("a", "jenkins-table__link", `${approval.job} #${approval.build}`);
    build.href = `../${approval.buildUrl}`;
    const badge = element("span", `armory-approvals__state armory-approvals__state--${state.toLowerCase()}`, STATES[state] || state);
    return element(
      "tr",
      "",
      element("td", "", badge),
      titled("Build", build),
      titled("Environment", approval.environment || "–"),
      titled("Webhook", approval.webhook),
      titled("Started", time(approval.createdAt)),
      outcome(approval, now),
    );
  }

  /** A cell that says what it is where the table has no head. */
  function titled(title, content) {
    const cell = element("td", "", content);
    cell.dataset.title = title;
    return cell;
  }

  function table(approvals, now) {
    const titles = ["State", "Build", "Environment", "Webhook", "Started", "Decision or time left"];
    const head = element("tr", "", ...titles.map((title) => {
      const cell = element("th", "", title);
      cell.scope = "col";
      return cell;
    }));
    return element(
      "div",
      "armory-approvals__scroll",
      element(
        "table",
        "jenkins-table",
        element("thead", "", head),
        element("tbody", "", ...approvals.map((approval) => row(approval, now))),
      ),
    );
  }

  function summary(approvals) {
    const waiting = approvals.filter((approval) => !approval.decision).length;
    return element("p", "", waiting === 1 ? "1 approval is waiting." : `${waiting} approvals are waiting.`);
  }

  let shown = "";

  async function refresh() {
    if (document.hidden) {
      return;
    }
    try {
      const response = await fetch(page.dataset.api, { headers: { Accept: "application/json" } });
      if (!response.ok) {
        throw new Error(`Jenkins answered ${response.status}`);
      }
      const { now, approvals } = await response.json();
      const state = JSON.stringify(approvals);
      const waits = approvals.some((approval) => !approval.decision);
      if (state !== shown || waits) {
        shown = state;
        page.replaceChildren(
          ...(approvals.length > 0
            ? [summary(approvals), table(approvals, Date.parse(now))]
            : [element("p", "", "No build has asked for an approval yet.")]),
        );
      }
    } catch (error) {
      shown = "";
      page.replaceChildren(element("p", "error", `The approvals cannot be shown: ${error.message}`));
    }
  }

  refresh();
  setInterval(refresh, REFRESH_MILLIS);
  document.addEventListener("visibilitychange", refresh);
})();
