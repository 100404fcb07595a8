/*
 * The approvals of a build that has many: how many are in which state, and a table of one page of them. Jenkins searches, so that no more
 * than a page is sent.
 */
import { Kept } from "./anew.js";
import { more, total } from "./card.js";
import { told } from "./decide.js";
import { badge, button, element, named, note, row, searchBox, stateOf, table, timeLeft } from "./elements.js";
import { page, say, STATES } from "./words.js";

/** The most approvals that are shown as cards; more are a table. */
export const MAX_CARDS = 20;
/** The approvals on a page of Jenkins's answer. */
const ROWS = 100;

const api = page.dataset.api;
const shown = (number) => number.toLocaleString();

function rowOf(approval, onDecided) {
  const { id, environment, decision } = approval;
  const left = decision ? null : timeLeft(approval, false);
  const made = row({ id: `approval-${id}`, tabindex: -1 }, {
    state: [badge(stateOf(approval))],
    webhook: named(approval),
    environment: [environment || "–"],
    message: [
      ...told(approval, onDecided),
      ...(left ? [note(...left.parts)] : []),
      more(approval),
    ],
  });
  return { made, tick: left?.tick };
}

export class Table {
  /** @param ask has Jenkins asked again */
  constructor(ask) {
    this.ask = ask;
    this.from = 0;
    this.rows = new Kept(element("tbody", ""), (approval) => rowOf(approval, ask));
    this.head = element("h2", { class: "armory-approvals__title", id: "armory-many" });
    this.bar = element("progress", { class: "armory-approvals__bar", "aria-label": say("progress") });
    this.states = element("div", "armory-build__line");
    this.box = searchBox("jenkins-input");
    this.box.addEventListener("input", () => this.go(0));
    this.nothing = element("p", "armory-approvals__nothing", say("none.found"));
    const titles = ["state", "webhook", "environment", "message"].map((column) => say(`column.${column}`));
    this.place = element("span", { role: "status" });
    this.previous = button({}, say("many.previous"), () => this.go(this.from - ROWS));
    this.next = button({}, say("many.next"), () => this.go(this.from + ROWS));
    this.whole = element(
      "section",
      { class: "armory-build__approval", hidden: true },
      this.head,
      this.bar,
      this.states,
      this.box,
      this.nothing,
      element("div", "armory-approvals__scroll", table({ class: "jenkins-table", "aria-labelledby": this.head.id }, titles, this.rows.whole)),
      element("div", "armory-build__line", this.place, this.previous, this.next),
    );
  }

  /** Asks for the page behind this number of approvals. */
  go(from) {
    this.from = Math.max(0, from);
    page.dataset.api = `${api}?${new URLSearchParams({ q: this.box.value, from: this.from })}`;
    queueMicrotask(this.ask); // not while the first answer is shown
  }

  search(text) {
    this.box.value = text;
    this.go(0);
  }

  show(answer, approvals) {
    const { counts, found } = answer;
    const all = total(answer);
    this.whole.hidden = all <= MAX_CARDS;
    if (this.whole.hidden) {
      return;
    }
    this.head.textContent = say("many", shown(all));
    this.bar.max = all;
    this.bar.value = (counts.SUCCESS || 0) + (counts.SENT || 0);
    const states = STATES.filter((state) => counts[state]);
    this.states.replaceChildren(...states.map((state) => badge(state, `${say(`state.${state}`)}: ${shown(counts[state])}`)));
    this.rows.show(approvals);
    const last = Math.min(this.from + ROWS, found);
    this.place.textContent = found > 0 ? say("many.page", shown(this.from + 1), shown(last), shown(found)) : "";
    this.nothing.hidden = found > 0;
    this.previous.disabled = this.from === 0;
    this.next.disabled = last === found;
    if (this.from > 0 && this.from >= found) {
      this.go(0);
    }
  }

  tick() {
    this.rows.tick();
  }
}
