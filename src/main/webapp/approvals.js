/*
 * Fills the page of all approvals, and keeps it up to date. The script filters thousands of approvals in one answer of Jenkins, and makes
 * only the rows that are scrolled to.
 */
import { Kept } from "./anew.js";
import { notice, told } from "./decide.js";
import {
  badge, button, cancelled, element, named, note, notices, row, searchBox, setText, stateOf, table, time, timeLeft,
} from "./elements.js";
import { keepUpToDate, now } from "./live.js";
import { duration, page, say, STATES } from "./words.js";

/** The rows of a table at first. It grows by as many. */
const PENDING_ROWS = 100;
const DECIDED_ROWS = 20;

// --- the answer of Jenkins

let approvals = [];

function take(answer) {
  approvals = answer.approvals;
  approvals.forEach((approval) => {
    const { job, build, environment, webhook, path, title, decision, progress } = approval;
    approval.text = [`${job} #${build}`, environment || "", webhook, path, title, say(`state.${stateOf(approval)}`),
      decision ? `${decision.mdMessage} ${decision.decidedBy}` : progress?.mdMessage || ""].join("\n").toLowerCase();
  });
}

// --- cells

function attempt(approval) {
  const last = approval.attempts[approval.attempts.length - 1];
  if (!last) {
    return [approval.state === "SENDING" ? say("attempt.none") : "–"];
  }
  const failed = approval.decision ? "attempt.over" : "attempt.failed"; // in the end, the message says why
  const text = last.failure ? say(failed, last.number, last.failure) : say("attempt.ok", last.number, last.status);
  const parts = [element("span", "", text, " ", note(last.host))];
  if (last.nextAt && !approval.decision) {
    parts.push(note(say("attempt.next", new Date(last.nextAt).toLocaleTimeString())));
  }
  return parts;
}

function age(iso) {
  const result = time(iso, " ");
  const tick = () => setText(result, duration(now() - Date.parse(iso)));
  tick();
  return { parts: [result], tick };
}

function rejected({ rejectedCallbacks, lastRejection }) {
  return rejectedCallbacks
    ? [note(say("rejected", rejectedCallbacks, lastRejection))]
    : [];
}

function build(approval) {
  return element("a", { class: "jenkins-table__link", href: `../${approval.buildUrl}` }, `${approval.job} #${approval.build}`);
}

/** What the cells of an approval hold, by column; some of it changes as time goes by. */
const CELLS = {
  state: (approval) => [badge(stateOf(approval))],
  build: (approval) => [build(approval)],
  environment: (approval) => [approval.environment || "–"],
  webhook: (approval) => named(approval),
  age: (approval) => age(approval.createdAt),
  left: (approval) => timeLeft(approval),
  attempt,
  decidedAt: (approval) => [time(approval.decision.decidedAt)],
  message: (approval) => [
    ...told(approval, () => refresh()),
    ...(approval.decision ? [note(approval.decision.decidedBy)] : []),
    ...cancelled(approval),
    ...notices(approval),
    ...rejected(approval),
  ],
};

function makeRow(approval, columns) {
  const cells = columns.map((column) => [column, CELLS[column](approval)]);
  const ticks = cells.flatMap(([, { tick }]) => tick ?? []);
  const made = row("", Object.fromEntries(cells.map(([column, content]) => [column, content.parts ?? content])));
  return { made, tick: () => ticks.forEach((tick) => tick()) };
}

// --- sections

/** A table that shows the first of many rows, and more of them when asked. */
class Section {
  constructor(name, columns, step) {
    this.rows = new Kept(element("tbody", ""), (approval) => makeRow(approval, columns));
    this.step = step;
    this.limit = step;
    this.found = [];
    this.count = element("span", "armory-approvals__count");
    this.head = element("h2", { class: "armory-approvals__title", id: `armory-approvals-${name}` }, say(name), " ", this.count);
    this.nothing = element("p", "armory-approvals__nothing");
    this.more = button({}, say("more"), () => {
      this.limit += this.step;
      this.show(this.found, this.all);
    });
    const titles = columns.map((column) => say(`column.${column}`));
    this.table = element("div", "armory-approvals__scroll",
      table({ class: "jenkins-table", "aria-labelledby": this.head.id }, titles, this.rows.whole));
    this.whole = element("section", "", this.head, this.nothing, this.table, this.more);
    this.noneYet = say(`none.${name}`);
  }

  show(found, all) {
    this.found = found;
    this.all = all;
    this.rows.show(found.slice(0, this.limit));
    this.count.textContent = found.length === all ? String(all) : say("shown", found.length, all);
    this.nothing.textContent = all > 0 ? say("none.found") : this.noneYet;
    this.nothing.hidden = found.length > 0;
    this.table.hidden = found.length === 0;
    this.more.hidden = this.limit >= found.length;
  }

  tick() {
    this.rows.tick();
  }
}

// --- filters

const search = searchBox("jenkins-input jenkins-search__input");

function select(name) {
  const box = element(
    "select", { class: "jenkins-select__input", id: `armory-approvals-filter-${name}` }, option("", say("filter.all")));
  const label = element("label", { class: "armory-approvals__label", for: box.id }, say(`filter.${name}`));
  box.addEventListener("change", render);
  return { box, whole: element("div", "", label, element("div", "jenkins-select", box)) };
}

function option(value, text) {
  const result = element("option", "", text);
  result.value = value;
  return result;
}

const filters = { state: select("state"), job: select("job"), environment: select("environment") };

/** Offers the values that approvals have. The chosen value stays, also when no approval has it any more. */
function offer(name, values) {
  const { box } = filters[name];
  const chosen = box.value;
  const all = [...new Set(chosen ? [...values, chosen] : values)];
  const sorted = name === "state" ? STATES.filter((state) => all.includes(state)) : all.sort((a, b) => a.localeCompare(b));
  const key = JSON.stringify(sorted);
  if (box.dataset.offered !== key) {
    box.dataset.offered = key;
    box.replaceChildren(
      option("", say("filter.all")),
      ...sorted.map((value) => option(value, name === "state" ? say(`state.${value}`) : value)),
    );
    box.value = chosen;
  }
}

function matches(approval) {
  return (!filters.state.box.value || stateOf(approval) === filters.state.box.value)
    && (!filters.job.box.value || approval.job === filters.job.box.value)
    && (!filters.environment.box.value || approval.environment === filters.environment.box.value)
    && search.value.toLowerCase().split(/\s+/).every((word) => approval.text.includes(word));
}

function bar() {
  const symbol = document.getElementById("armory-approvals-search-symbol");
  const icon = element("div", "jenkins-search__icon");
  if (symbol) {
    icon.append(symbol.content.cloneNode(true));
  }
  search.addEventListener("input", render);
  return element(
    "search",
    { class: "armory-approvals__filters", role: "search", "aria-label": say("filters") },
    element("div", "jenkins-search-container", element("div", "jenkins-search", ...(symbol ? [icon] : []), search)),
    ...Object.values(filters).map(({ whole }) => whole),
  );
}

// --- the page

const PENDING = ["state", "build", "environment", "webhook", "age", "left", "attempt", "message"];
const you = new Section("waiting-you", PENDING, PENDING_ROWS);
const waiting = new Section("waiting", PENDING, PENDING_ROWS);
const decided = new Section("decided", ["state", "build", "environment", "webhook", "decidedAt", "attempt", "message"], DECIDED_ROWS);
const summary = element("p", { class: "armory-approvals__hidden", role: "status" });
const leftOut = element("p", { class: "armory-approvals__note", hidden: true });
const empty = element("p", { class: "armory-approvals__nothing", hidden: true }, say("none.ever"));
const content = element("div", { hidden: true }, bar(), you.whole, waiting.whole, decided.whole);
const loading = element("p", "armory-approvals__nothing", say("loading"));
page.replaceChildren(notice, summary, leftOut, loading, empty, content);

const isAsked = ({ manualApproval }) => manualApproval?.mayApprove;

function render() {
  const asked = approvals.filter(isAsked);
  const open = approvals.filter((approval) => !approval.decision && !isAsked(approval));
  const over = approvals.filter((approval) => approval.decision);
  loading.hidden = true;
  empty.hidden = approvals.length > 0;
  content.hidden = approvals.length === 0;
  you.show(asked.filter(matches), asked.length);
  you.whole.hidden = asked.length === 0;
  waiting.show(open.filter(matches), open.length);
  decided.show(over.filter(matches), over.length);
  setText(summary, say("summary", you.found.length + waiting.found.length, decided.found.length));
}

function show(answer) {
  take(answer);
  offer("state", approvals.map(stateOf));
  offer("job", approvals.map((approval) => approval.job));
  offer("environment", approvals.map((approval) => approval.environment).filter((environment) => environment));
  render();
  leftOut.textContent = say("leftOut", answer.leftOut.toLocaleString());
  leftOut.hidden = answer.leftOut === 0;
}

const refresh = keepUpToDate({ show, tick: () => [you, waiting].forEach((section) => section.tick()) });
