/* What is known of one approval on the page of its build: the facts, and tables that are folded up until somebody wants them. */
import { cancelled, element, facts, note, notices, time, timeLabel } from "./elements.js";
import { request } from "./live.js";
import { page, say } from "./words.js";

/** A table that is folded up until somebody wants it; it stays as it is when the card is made anew. */
export function folded(part, title, columns, rows) {
  if (rows.length === 0) {
    return [];
  }
  const cells = (name, values) =>
    values.map((value, index) => {
      const cell = element(name, "", value);
      if (name === "th") {
        cell.scope = "col";
      } else {
        cell.dataset.title = columns[index];
      }
      return cell;
    });
  const table = element(
    "table",
    "jenkins-table jenkins-table--small",
    element("thead", "", element("tr", "", ...cells("th", columns))),
    element("tbody", "", ...rows.map((row) => element("tr", "", ...cells("td", row)))),
  );
  const scroll = element("div", "armory-approvals__scroll armory-approvals__sideways", table);
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", title);
  const result = element("details", "", element("summary", "", title), scroll);
  result.dataset.part = part;
  return [result];
}

function attempts(id, all) {
  return folded(
    `attempts ${id}`,
    say("attempts", all.length),
    ["number", "at", "host", "outcome"].map((name) => say(`attempt.${name}`)),
    all.map(({ number, at, host, status, failure, durationMillis }) => [
      String(number),
      time(at),
      host,
      `${failure || status}, ${say("attempt.millis", durationMillis)}`,
    ]),
  );
}

function refused(id, all) {
  return folded(
    `refused ${id}`,
    say("refused", all.length),
    [say("attempt.at"), say("refused.address"), say("refused.status"), say("refused.reason")],
    all.map(({ at, address, status, reason, rehearsal }) => [
      time(at),
      address,
      String(status),
      rehearsal ? say("refused.rehearsal", reason) : reason,
    ]),
  );
}

/** The facts about an approval, as Jenkins lists them, and the time that is left. */
export function factsOf(approval, left) {
  return facts(
    ...approval.facts.map(({ label, value, at }) => [label, ...(value && at ? [value, note(time(at))] : [value ?? time(at)])]),
    ...(left ? [[say(timeLabel(approval)), ...left.parts]] : []),
  );
}

/** The data of the callback. It may be long, so it is fetched when somebody wants it. */
function dataOf({ id, hasData }) {
  if (!hasData) {
    return [];
  }
  const text = element("pre", "armory-approvals__data");
  text.tabIndex = 0; // it may have to be scrolled
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", say("data"));
  const result = element("details", "", element("summary", "", say("data")), text);
  result.dataset.part = `data ${id}`;
  let known = false;
  result.addEventListener("toggle", async () => {
    if (!result.open || known) {
      return;
    }
    try {
      const response = await request(`${page.dataset.base}approvals/${encodeURIComponent(id)}/api/json`);
      if (!response.ok) {
        throw new Error(say("failed.status", response.status));
      }
      text.textContent = JSON.stringify((await response.json()).data, null, 2);
      known = true;
    } catch (error) {
      text.textContent = say("failed", error.message);
    }
  });
  return [result];
}

/** The calls that were made for an approval, the refused callbacks, and the data of the one that was taken. */
export function callsOf(approval) {
  return [
    ...attempts(approval.id, approval.attempts),
    ...cancelled(approval),
    ...notices(approval),
    ...refused(approval.id, approval.rejectedCallbacks),
    ...dataOf(approval),
  ];
}
