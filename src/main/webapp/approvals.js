/*
 * Fills the page of all approvals, and keeps it up to date. Thousands of approvals are found and filtered in what Jenkins
 * has said once; as many rows are made as are looked at.
 */
import { replace } from "./anew.js";
import { decisionButtons, focusAgain, heard, notice } from "./decide.js";
import { badge, cancelled, element, message, named, note, notices, overridden, progressOf, said, stateOf, time, timeLeft, titleOf } from "./elements.js";
import { keepUpToDate, now, troubleElement } from "./live.js";
import { duration, page, say, STATES } from "./words.js";

/** Rows that a table begins with, and by which it grows when its end is scrolled to. */
const ROWS = 100;

// --- what Jenkins said

let approvals = [];
let byId = new Map(); // what the row of an approval was made of, as text

function take(answer) {
  approvals = answer.approvals;
  byId = new Map(approvals.map((approval) => [approval.id, JSON.stringify(approval)]));
  approvals.forEach((approval) => {
    const { job, build, environment, webhook, path, decision, progress } = approval;
    approval.text = [`${job} #${build}`, environment || "", webhook, path, titleOf(approval), say(`state.${stateOf(approval)}`),
      decision ? `${decision.mdMessage} ${decision.decidedBy}` : progress?.mdMessage || ""].join("\n").toLowerCase();
  });
}

// --- cells

function attempt(approval) {
  const last = approval.attempts[approval.attempts.length - 1];
  if (!last) {
    // What waits without an attempt and without a callback has no webhook.
    const isCalling = !approval.decision && (approval.state === "SENDING" || approval.callback);
    return [isCalling ? say("attempt.none") : "–"];
  }
  const isTold = last.failure && approval.decision?.mdMessage.includes(last.failure); // in the column beside this
  const text = isTold
    ? say("attempt.over", last.number)
    : last.failure ? say("attempt.failed", last.number, last.failure) : say("attempt.ok", last.number, last.status);
  const parts = [element("span", "", text, " ", note(last.host))];
  if (last.nextAt && !approval.decision) {
    parts.push(note(say("attempt.next", new Date(last.nextAt).toLocaleTimeString())));
  }
  return parts;
}

function age(iso) {
  const result = time(iso, " ");
  const tick = () => {
    const shown = duration(now() - Date.parse(iso));
    if (result.textContent !== shown) {
      result.textContent = shown;
    }
  };
  tick();
  return { parts: [result], tick };
}

function rejected({ rejectedCallbacks, lastRejection }) {
  return rejectedCallbacks
    ? [note(say("rejected", rejectedCallbacks, lastRejection))]
    : [];
}

function build(approval) {
  const link = element("a", "jenkins-table__link", `${approval.job} #${approval.build}`);
  link.href = `../${approval.buildUrl}`;
  return link;
}

/** What the cells of an approval hold, by column; some of it changes as time goes by. */
const CELLS = {
  state: (approval) => [badge(stateOf(approval)), ...overridden(approval)],
  build: (approval) => [build(approval)],
  environment: (approval) => [approval.environment || "–"],
  webhook: (approval) => named(approval),
  age: (approval) => age(approval.createdAt),
  left: (approval) => timeLeft(approval),
  attempt,
  decidedAt: (approval) => [time(approval.decision.decidedAt)],
  message: (approval) => [
    ...(approval.decision ? [...message(approval.decision), note(approval.decision.decidedBy)] : progressOf(approval)),
    ...said(approval),
    ...decisionButtons(approval, () => refresh()),
    ...cancelled(approval),
    ...notices(approval),
    ...rejected(approval),
  ],
};

function makeRow(approval, columns) {
  const ticks = [];
  const cells = columns.map((column) => {
    const made = CELLS[column](approval);
    if (made.tick) {
      ticks.push(made.tick);
    }
    const cell = element("td", `armory-approvals__cell armory-approvals__cell--${column}`, ...(made.parts || made));
    cell.dataset.title = say(`column.${column}`);
    return cell;
  });
  const row = element("tr", "", ...cells);
  row.dataset.id = approval.id;
  return { row, ticks, madeOf: byId.get(approval.id) };
}

// --- sections

/** A table that shows the first of many rows, and more of them when its end comes into view. */
class Section {
  constructor(name, columns) {
    this.columns = columns;
    this.rows = new Map(); // by id: those that are shown
    this.limit = ROWS;
    this.found = [];
    this.count = element("span", "armory-approvals__count");
    this.head = element("h2", "armory-approvals__title", say(name), " ", this.count);
    this.head.id = `armory-approvals-${name}`;
    this.nothing = element("p", "armory-approvals__nothing");
    this.body = element("tbody");
    this.more = element("button", "jenkins-button", say("more"));
    this.more.type = "button";
    this.more.addEventListener("click", () => this.grow());
    new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        this.grow();
      }
    }, { rootMargin: "300px" }).observe(this.more);
    const heads = columns.map((column) => {
      const cell = element("th", "", say(`column.${column}`));
      cell.scope = "col";
      return cell;
    });
    const table = element("table", "jenkins-table", element("thead", "", element("tr", "", ...heads)), this.body);
    table.setAttribute("aria-labelledby", this.head.id);
    this.table = element("div", "armory-approvals__scroll", table);
    this.whole = element("section", "", this.head, this.nothing, this.table, this.more);
    this.noneYet = say(`none.${name}`);
  }

  grow() {
    if (this.limit < this.found.length) {
      this.limit += ROWS;
      this.show(this.found, this.all);
    }
  }

  /** Shows these; the rows of what has not changed are left alone, so that whoever reads or tabs there can go on. */
  show(found, all) {
    this.found = found;
    this.all = all;
    const shown = found.slice(0, this.limit);
    const kept = new Map();
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.decide : undefined;
    let place = this.body.firstChild;
    for (const approval of shown) {
      let known = this.rows.get(approval.id);
      if (!known || known.madeOf !== byId.get(approval.id)) {
        const made = makeRow(approval, this.columns);
        if (known) {
          if (place === known.row) {
            place = made.row;
          }
          replace(known.row, made.row);
        }
        known = made;
      }
      kept.set(approval.id, known);
      if (place === known.row) {
        place = place.nextSibling;
      } else {
        this.body.insertBefore(known.row, place);
      }
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
    this.rows = kept;
    if (focused && document.activeElement === document.body) {
      focusAgain(focused);
    }
    this.count.textContent = found.length === all ? String(all) : say("shown", found.length, all);
    this.nothing.textContent = all > 0 ? say("none.found") : this.noneYet;
    this.nothing.hidden = found.length > 0;
    this.table.hidden = found.length === 0;
    this.more.hidden = this.limit >= found.length;
  }

  tick() {
    this.rows.forEach(({ ticks }) => ticks.forEach((tick) => tick()));
  }
}

// --- filters

const search = element("input", "jenkins-input jenkins-search__input");
search.type = "search";
search.placeholder = say("search");
search.setAttribute("aria-label", say("search"));
search.autocomplete = "off";

function select(name) {
  const box = element("select", "jenkins-select__input", option("", say("filter.all")));
  box.id = `armory-approvals-filter-${name}`;
  const label = element("label", "armory-approvals__label", say(`filter.${name}`));
  label.htmlFor = box.id;
  box.addEventListener("change", render);
  return { box, whole: element("div", "", label, element("div", "jenkins-select", box)) };
}

function option(value, text) {
  const result = element("option", "", text);
  result.value = value;
  return result;
}

const filters = { state: select("state"), job: select("job"), environment: select("environment") };

/** Offers what there is; what is chosen stays so, even when there is no such approval any more. */
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
  const result = element(
    "search",
    "armory-approvals__filters",
    element("div", "jenkins-search-container", element("div", "jenkins-search", ...(symbol ? [icon] : []), search)),
    ...Object.values(filters).map(({ whole }) => whole),
  );
  result.setAttribute("role", "search");
  result.setAttribute("aria-label", say("filters"));
  return result;
}

// --- the page

const waiting = new Section("waiting", ["state", "build", "environment", "webhook", "age", "left", "attempt", "message"]);
const decided = new Section("decided", ["state", "build", "environment", "webhook", "decidedAt", "attempt", "message"]);
const trouble = troubleElement();
const summary = element("p", "armory-approvals__hidden");
summary.setAttribute("role", "status");
const leftOut = element("p", "armory-approvals__note");
leftOut.hidden = true;
const empty = element("p", "armory-approvals__nothing", say("none.ever"));
empty.hidden = true;
const content = element("div", "", bar(), waiting.whole, decided.whole);
content.hidden = true;
const loading = element("p", "armory-approvals__nothing", say("loading"));
page.replaceChildren(trouble, notice, summary, leftOut, loading, empty, content);

function render() {
  const open = approvals.filter((approval) => !approval.decision);
  const over = approvals.filter((approval) => approval.decision);
  loading.hidden = true;
  empty.hidden = approvals.length > 0;
  content.hidden = approvals.length === 0;
  waiting.show(open.filter(matches), open.length);
  decided.show(over.filter(matches), over.length);
  const said = say("summary", waiting.found.length, decided.found.length);
  if (summary.textContent !== said) {
    summary.textContent = said;
  }
}

function show(answer) {
  take(answer);
  offer("state", approvals.map(stateOf));
  offer("job", approvals.map((approval) => approval.job));
  offer("environment", approvals.map((approval) => approval.environment).filter((environment) => environment));
  render();
  leftOut.textContent = say("leftOut", answer.leftOut.toLocaleString());
  leftOut.hidden = answer.leftOut === 0;
  heard(approvals, answer.leftOut === 0);
}

const refresh = keepUpToDate({ trouble, show, tick: () => waiting.tick() });
