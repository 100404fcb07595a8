/* What is known of one approval on the page of its build: the facts, and tables that are folded up until somebody wants them. */
import { cancelled, element, note, time } from "./elements.js";
import { say } from "./words.js";

function facts(...pairs) {
  return element(
    "dl",
    "armory-decision__facts",
    ...pairs.flatMap(([name, ...values]) => [element("dt", "", say(name)), element("dd", "", ...values)]),
  );
}

/** A table that is folded up until somebody wants it; it stays as it is when the card is made anew. */
function folded(part, title, columns, rows) {
  if (rows.length === 0) {
    return [];
  }
  const cells = (name, values) =>
    values.map((value) => {
      const cell = element(name, "", value);
      if (name === "th") {
        cell.scope = "col";
      }
      return cell;
    });
  const table = element(
    "table",
    "jenkins-table jenkins-table--small",
    element("thead", "", element("tr", "", ...cells("th", columns))),
    element("tbody", "", ...rows.map((row) => element("tr", "", ...cells("td", row)))),
  );
  const scroll = element("div", "armory-approvals__sideways", table);
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", title);
  const result = element("details", "", element("summary", "", title), scroll);
  result.dataset.part = part;
  return [result];
}

function attempts(all) {
  return folded(
    "attempts",
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

function refused(all) {
  return folded(
    "refused",
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

/** The facts about an approval: its phase and times, and who decided. */
export function factsOf({ phase, createdAt, decision }, left) {
  return facts(
    ["phase", phase],
    ["started", time(createdAt)],
    ...(left ? [["column.left", ...left.parts]] : []),
    ...(decision ? [["decidedBy", decision.decidedBy, note(time(decision.decidedAt))]] : []),
  );
}

/** The calls that were made for an approval, and the refused callbacks. */
export function callsOf(approval) {
  return [...attempts(approval.attempts), ...cancelled(approval), ...refused(approval.rejectedCallbacks)];
}
