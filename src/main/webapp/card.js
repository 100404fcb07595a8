/*
 * The approvals of one build as cards, on the page of the build and on the build's page of its approvals: what is known of each, with tables
 * that are folded up until somebody wants them.
 */
import { Kept } from "./anew.js";
import { told } from "./decide.js";
import { badge, cancelled, element, facts, folded, namesOf, note, notices, stateOf, table, time, timeLeft } from "./elements.js";
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
function factsOf(approval, left) {
  return facts(
    ...approval.facts.map(({ label, value, at }) => [label, ...(value && at ? [value, note(time(at))] : [value ?? time(at)])]),
    ...(left ? [[say("column.left"), ...left.parts]] : []),
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
function callsOf(approval) {
  return [
    ...attempts(approval.id, approval.attempts),
    ...cancelled(approval),
    ...notices(approval),
    ...refused(approval.id, approval.rejectedCallbacks),
    ...dataOf(approval),
  ];
}

/** More about an approval, folded up. */
export const more = (approval) => folded(`approval ${approval.id}`, say("step.more"), factsOf(approval), ...callsOf(approval));

/** The number of a build's approvals outside of a plan. The answer has one page of them. */
export const total = ({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Whether nothing will change any more. A notice of the decision is sent after it. */
export const isOver = (answer) =>
  Boolean(answer) && !answer.building && answer.approvals.every((approval) => approval.decision && !approval.notices?.due.length);

/** Says what was cancelled in the build, and why, or that its log is in doubt. */
export function cancelledNote() {
  const text = element("p", { class: "armory-approvals__note", hidden: true });
  return {
    note: text,
    show({ cancelledStages, cancelsStages, doubt }) {
      text.textContent = doubt ?? say("stages.cancelled", cancelledStages.join(", "), cancelsStages);
      text.hidden = cancelledStages.length === 0 && !doubt;
    },
  };
}

/** The card of an approval, with all that is known of it. */
function card(approval, onDecided) {
  const { id, environment, decision } = approval;
  const name = namesOf(approval).join(": ");
  const heading = element(
    "h2", { class: "armory-build__heading", id: `heading-${id}` }, environment ? `${name} (${environment})` : name);
  const left = decision ? null : timeLeft(approval);
  const made = element(
    "section",
    { class: "armory-build__approval", id: `approval-${id}`, tabindex: -1, "aria-labelledby": heading.id },
    element("div", "armory-build__line", heading, badge(stateOf(approval))),
    factsOf(approval, left),
    ...told(approval, onDecided),
    ...callsOf(approval),
  );
  return { made, tick: left?.tick };
}

/** @param onDecided called when the viewer has said something */
export const cards = (onDecided) =>
  new Kept(element("div", "armory-build__approvals"), (approval) => card(approval, onDecided));
