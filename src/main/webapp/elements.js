/*
 * The elements of the pages. Texts of callers are set as text. Their Markdown comes from Jenkins as HTML, of which only known elements are
 * taken over.
 */
import { now } from "./live.js";
import { duration, say } from "./words.js";

const LONG_MESSAGE = 300;
const TAGS = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "CODE", "EM",
  "STRONG", "A", "BR", "HR"]);

/** @param attributes its attributes without the empty ones, or its class alone */
export function element(name, attributes = "", ...children) {
  const result = document.createElement(name);
  Object.entries(typeof attributes === "string" ? { class: attributes } : attributes)
    .filter(([, value]) => value)
    .forEach(([attribute, value]) => result.setAttribute(attribute, value));
  result.append(...children);
  return result;
}

export function button(attributes, text, onClick) {
  const result = element("button", { type: "button", class: "jenkins-button", ...attributes }, text);
  result.addEventListener("click", onClick);
  return result;
}

export const searchBox = (name) =>
  element("input", { class: name, type: "search", placeholder: say("search"), "aria-label": say("search"), autocomplete: "off" });

/** A table whose columns have these titles. */
export function table(attributes, titles, body) {
  const heads = titles.map((title) => element("th", { scope: "col" }, title));
  return element("table", attributes, element("thead", "", element("tr", "", ...heads)), body);
}

/** The row of an approval, with the content of each column. */
export const row = (attributes, cells) => element("tr", attributes, ...Object.entries(cells).map(([column, content]) =>
  element("td", { class: `armory-approvals__cell armory-approvals__cell--${column}`, "data-title": say(`column.${column}`) }, ...content)));

/** Sets a text, unless it is the same: a screen reader would read it again. */
export function setText(of, text) {
  if (of.textContent !== text) {
    of.textContent = text;
  }
}

export function note(...children) {
  return element("small", "armory-approvals__note", ...children);
}

/** A list of facts, each with its label and the content beside it. */
export function facts(...all) {
  return element(
    "dl",
    "armory-decision__facts",
    ...all.flatMap(([label, ...values]) => [element("dt", "", label), element("dd", "", ...values)]),
  );
}

/** A time with its zone, since windows and logs have zones of their own. */
export const inZone = (time) => new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });

export function time(iso, text = "") {
  return element("time", { datetime: iso, title: text && inZone(iso) }, text || inZone(iso));
}

/** The state of a pending approval, the outcome of a decided one. */
export const stateOf = (approval) => (approval.decision ? approval.decision.outcome : approval.state);

/** A state with its colour. */
export function badge(state, word = say(`state.${state}`)) {
  return element("span", `armory-approvals__state armory-approvals__state--${state.toLowerCase()}`, word);
}

/** The state of an environment. A complete one with failed checks is shown as such. */
export function environmentBadge({ state, afterDeploymentFailure }) {
  const shown = state === "COMPLETE" && afterDeploymentFailure ? "CHECKS_FAILED" : state;
  return badge(shown, say(`environment.${shown}`));
}

/** The reason of a failure, as HTML of Jenkins. */
export function reason(html) {
  return element("div", "armory-graph__reason", harmless(html));
}

/** The HTML of a message, without elements that Jenkins never sends. */
function harmless(html) {
  const result = document.createDocumentFragment();
  copy(new DOMParser().parseFromString(html, "text/html").body, result);
  return result;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(node.textContent);
    } else if (node.nodeType === Node.ELEMENT_NODE && TAGS.has(node.tagName)) {
      // A heading in a message is no heading of the page.
      const heading = /^H[1-6]$/.test(node.tagName);
      const child = element(heading ? "p" : node.tagName, heading ? "armory-approvals__heading" : "");
      if (node.tagName === "A") {
        const href = node.getAttribute("href") || "";
        if (/^(https?:\/\/|mailto:)/i.test(href)) {
          child.href = href;
          child.rel = "nofollow noopener";
        }
      }
      copy(node, child);
      to.append(child);
    }
  }
}

/** An element that can be unfolded. It stays unfolded when its card is made anew: its part is its name in there. */
export const folded = (part, title, ...content) => element("details", { "data-part": part }, element("summary", "", title), ...content);

/** A message. A long one is folded up behind its start. */
export function message({ mdMessage, mdMessageHtml }) {
  if (!mdMessage) {
    return [];
  }
  const whole = element("div", "armory-approvals__message", harmless(mdMessageHtml));
  if (mdMessage.length <= LONG_MESSAGE) {
    return [whole];
  }
  const first = `${whole.textContent.trim().slice(0, 100)}…`;
  return [folded(first, first, whole)];
}

/** The last progress report of the external process. */
export function progressOf({ progress }) {
  if (!progress) {
    return [];
  }
  const parts = [];
  if (progress.percent !== null) {
    const bar = element("progress", { class: "armory-approvals__bar", max: 100, value: String(progress.percent), "aria-label": say("progress") });
    parts.push(bar, note(`${Math.round(progress.percent * 10) / 10} %`));
  }
  return [...parts, ...message(progress)];
}

/** The result of the cancel webhook. */
export function cancelled({ cancel }) {
  return cancel ? [note(cancel.failure ? say("cancel.failed", cancel.failure) : say("cancel.ok", cancel.status))] : [];
}

/** The notices that could not be sent, and those that are not sent yet. */
export function notices({ notices: { due, failed } = { due: [], failed: [] } }) {
  const names = [...new Set(due.map(({ webhook }) => webhook))];
  return [
    ...failed.map((notice) => note(say("notify.failed", notice.webhook, notice.reason))),
    ...(names.length > 0 ? [note(say("notify.due", names.join(", ")))] : []),
  ];
}

/** What an approval is called: its entry in the list of the step, but not a rule of an environment, whose title says enough; and its title. */
export const namesOf = ({ rule, path, title }) => (rule || !path ? [title] : path.startsWith(title) ? [path] : [path, title]);

/** The name of an approval in a cell. */
export const named = (approval) => {
  const [name, ...more] = namesOf(approval);
  return [name, ...more.map((title) => note(title))];
};

const calledBack = (callback) =>
  callback ? [note(say("callback.said", say(`state.${callback.outcome}`))), ...message(callback)] : [];

const groupsOf = ({ submitters }) => submitters.join(", ") || say("person.permitted");

/** How many have approved, who counts for which of several rules, and who is still needed; nothing if one person is enough. */
function counted({ required, approvals, rules, needed }) {
  const parts = required > 1 ? [note(say("person.count", approvals.length, required))] : [];
  if (rules.length > 1) {
    parts.push(...rules.map((rule) => {
      const needs = say("person.rule", rule.required, groupsOf(rule));
      return note(rule.approvedBy.length > 0 ? say("person.ruleBy", needs, rule.approvedBy.join(", ")) : needs);
    }));
    if (needed) {
      parts.push(note(say("person.needed", needed)));
    }
  }
  return parts;
}

/** The environment whose rule it is, and when the window opens. */
function ruleOf({ rule, environment, opensAt, decision }) {
  return [
    ...(rule ? [note(say("rule", environment))] : []),
    ...(opensAt && !decision ? [element("p", "armory-approvals__question", say("opens"), " ", time(opensAt))] : []),
  ];
}

/**
 * What a person is asked, and what they, or a callback, have said so far.
 *
 * @param isNamed whether the approval's title stands there, which may be the question
 */
export function said(approval, isNamed = true) {
  const { manualApproval, callback, decision, title } = approval;
  const parts = ruleOf(approval);
  if (manualApproval) {
    const { message: question, user, required, approvals, rules, requesters, inputs = {} } = manualApproval;
    if (user === undefined && !(isNamed && question === title)) {
      const asked = required === 1 ? say("person.asked") : say("person.several", required);
      parts.push(element("p", "armory-approvals__question", question || asked));
    }
    if (rules.length === 1 && rules[0].submitters.length > 0 && !decision) {
      parts.push(note(say("person.submitters", rules[0].submitters.join(", "))));
    }
    if (requesters?.length > 0 && !decision) {
      parts.push(note(say("person.requested", requesters.join(", "))));
    }
    if (!decision || rules.length > 1) {
      parts.push(...counted(manualApproval));
    }
    Object.entries(inputs).forEach(([name, value]) => parts.push(note(say("person.said", name, String(value)))));
    // Where people alone decided, the message of the decision has their comments.
    const toldBelow = decision?.success && !callback;
    parts.push(...approvals.flatMap(({ user: name, comment, commentHtml }) => [
      note(say("person.said", name, say("choice.approved"))),
      ...(toldBelow ? [] : message({ mdMessage: comment, mdMessageHtml: commentHtml })),
    ]));
  }
  if (!decision) {
    parts.push(...calledBack(callback));
  }
  return parts;
}

/**
 * The time left until the deadline, or until the window opens, with the function that brings it up to date. There is a bar for a deadline.
 *
 * @param isLabelled whether it stands under a label, which says what the time is, and has room for a bar
 */
export function timeLeft(approval, isLabelled = true) {
  const start = Date.parse(approval.createdAt);
  const end = Date.parse(approval.opensAt ?? approval.deadline);
  const bar = element("progress", { class: "armory-approvals__bar", max: Math.max(1, end - start), "aria-label": say("column.left") });
  const text = element("span", { title: say("until", inZone(end)) });
  const tick = () => {
    const left = end - now();
    bar.value = Math.min(Math.max(left, 0), bar.max);
    const rest = duration(left);
    setText(text, left <= 0 ? say("overdue") : isLabelled ? rest : say("left", rest));
  };
  tick();
  const due = approval.heartbeat?.due;
  return { parts: [...(isLabelled && !approval.opensAt ? [bar] : []), text, ...(due ? [note(say("heartbeat", new Date(due).toLocaleTimeString()))] : [])], tick };
}
