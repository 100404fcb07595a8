/* What is known of one approval on the page of its build: the facts, and tables that are folded up until somebody wants them. */
import { cancelled, element, facts, folded, note, notices, table, time, timeLabel } from "./elements.js";
import { request } from "./live.js";
import { page, say } from "./words.js";

/** A table that is folded up, nothing without rows. */
export function foldedTable(part, title, columns, rows) {
  if (rows.length === 0) {
    return [];
  }
  const body = rows.map((cells) =>
    element("tr", "", ...cells.map((content, index) => element("td", { "data-title": columns[index] }, content))));
  const whole = table("jenkins-table jenkins-table--small", columns, element("tbody", "", ...body));
  return [folded(part, title, element(
    "div",
    { class: "armory-approvals__scroll armory-approvals__sideways", tabindex: "0", role: "group", "aria-label": title },
    whole,
  ))];
}

function attempts(id, all) {
  return foldedTable(
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
  return foldedTable(
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

/** The data of the callback. It may be long, so it is fetched when it is unfolded. */
function dataOf({ id, hasData }) {
  if (!hasData) {
    return [];
  }
  // It takes the focus, since the keyboard must be able to scroll it.
  const text = element("pre", { class: "armory-approvals__data", tabindex: "0", role: "group", "aria-label": say("data") });
  const result = folded(`data ${id}`, say("data"), text);
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

/** The calls for an approval, the refused callbacks, and the data of the accepted one. */
export function callsOf(approval) {
  return [
    ...attempts(approval.id, approval.attempts),
    ...cancelled(approval),
    ...notices(approval),
    ...refused(approval.id, approval.rejectedCallbacks),
    ...dataOf(approval),
  ];
}
