/*
 * Fills the page of all approvals from api/json and keeps it up to date, with one request for the whole page that is
 * answered with nothing while nothing has changed. Whatever comes from callers is set as text; their Markdown comes as HTML
 * from Jenkins, and even of that only what is known to be harmless is taken over.
 */
(() => {
  "use strict";

  const REFRESH_MILLIS = 3000;
  /** Rows that a table begins with, and by which it grows when its end is scrolled to. */
  const ROWS = 100;
  const LONG_MESSAGE = 300;
  const TAGS = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "CODE", "EM",
    "STRONG", "A", "BR", "HR"]);

  const page = document.getElementById("armory-approvals");
  const words = JSON.parse(page.dataset.words);
  /** All states there are, in the order in which they are offered. */
  const STATES = Object.keys(words).filter((name) => name.startsWith("state.")).map((name) => name.slice("state.".length));

  /** The word of that name, with the values in it. */
  function say(name, ...values) {
    return values.reduce((text, value, index) => text.replace(`{${index}}`, () => String(value)), words[name] || name);
  }

  function element(name, className, ...children) {
    const result = document.createElement(name);
    if (className) {
      result.className = className;
    }
    result.append(...children);
    return result;
  }

  function duration(millis) {
    const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
    let rest = Math.max(0, Math.round(millis / 1000));
    const first = units.findIndex(([, size]) => rest >= size);
    if (first < 0) {
      return `0 ${say("unit.s")}`;
    }
    return units
      .slice(first, first + 2)
      .map(([unit, size]) => {
        const count = Math.floor(rest / size);
        rest -= count * size;
        return count > 0 ? `${count} ${say(`unit.${unit}`)}` : "";
      })
      .filter((part) => part)
      .join(" ");
  }

  function time(iso, text) {
    const date = new Date(iso);
    const result = element("time", "", text || date.toLocaleString());
    result.dateTime = iso;
    if (text) {
      result.title = date.toLocaleString();
    }
    return result;
  }

  // --- what Jenkins said

  let approvals = [];
  let byId = new Map(); // what the row of an approval was made of, as text
  let clockOffset = 0; // of Jenkins's clock to this one, in milliseconds
  let tag = "";

  const stateOf = (approval) => (approval.decision ? approval.decision.outcome : approval.state);
  const now = () => Date.now() + clockOffset;

  function take(answer) {
    clockOffset = Date.parse(answer.now) - Date.now();
    approvals = answer.approvals;
    byId = new Map(approvals.map((approval) => [approval.id, JSON.stringify(approval)]));
    approvals.forEach((approval) => {
      const { job, build, environment, webhook, decision, progress } = approval;
      approval.text = [`${job} #${build}`, environment || "", webhook, say(`state.${stateOf(approval)}`),
        decision ? `${decision.mdMessage} ${decision.decidedBy}` : (progress || {}).mdMessage || ""].join("\n").toLowerCase();
    });
  }

  // --- cells

  /** The HTML of a message, of which whatever is not expected is left out; Jenkins should not have sent it. */
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
        // A heading in a message is none of the page.
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

  /** A message as it was meant; of a long one no more than its start, until somebody wants all of it. */
  function markdown(mdMessage, mdMessageHtml) {
    if (mdMessage) {
      const whole = element("div", "armory-approvals__message");
      whole.append(harmless(mdMessageHtml));
      if (mdMessage.length > LONG_MESSAGE) {
        const first = element("summary", "", `${whole.textContent.trim().slice(0, 100)}…`);
        return [element("details", "", first, whole)];
      }
      return [whole];
    }
    return [];
  }

  function message({ mdMessage, mdMessageHtml, decidedBy }) {
    return [...markdown(mdMessage, mdMessageHtml), element("small", "armory-approvals__note", decidedBy)];
  }

  /** How far the external process has come, as it said. */
  function progressOf({ progress }) {
    if (!progress) {
      return [];
    }
    const parts = [];
    if (progress.percent !== null) {
      const bar = element("progress", "armory-approvals__bar");
      bar.max = 100;
      bar.value = progress.percent;
      bar.setAttribute("aria-label", say("progress"));
      parts.push(bar, element("small", "armory-approvals__note", `${Math.round(progress.percent * 10) / 10} %`));
    }
    return [...parts, ...markdown(progress.mdMessage, progress.mdMessageHtml)];
  }

  function attempt(approval) {
    const last = approval.attempts[approval.attempts.length - 1];
    if (!last) {
      return [approval.decision ? "–" : say("attempt.none")];
    }
    const text = last.failure
      ? say("attempt.failed", last.number, last.failure)
      : say("attempt.ok", last.number, last.status);
    const parts = [element("span", "", text, " ", element("small", "armory-approvals__note", last.host))];
    if (last.nextAt && !approval.decision) {
      parts.push(element("small", "armory-approvals__note", say("attempt.next", new Date(last.nextAt).toLocaleTimeString())));
    }
    return parts;
  }

  /** The bar of the time left, with the function that brings it up to date. */
  function timeLeft(approval) {
    const start = Date.parse(approval.createdAt);
    const end = Date.parse(approval.deadline);
    const bar = element("progress", "armory-approvals__bar");
    bar.max = Math.max(1, end - start);
    bar.setAttribute("aria-label", say("column.left"));
    const text = element("span");
    text.title = say("until", new Date(end).toLocaleString());
    const tick = () => {
      const left = end - now();
      bar.value = Math.min(Math.max(left, 0), bar.max);
      const shown = left > 0 ? say("left", duration(left)) : say("overdue");
      if (text.textContent !== shown) {
        text.textContent = shown;
      }
    };
    tick();
    const due = (approval.heartbeat || {}).due;
    const note = due
      ? [element("small", "armory-approvals__note", say("heartbeat", new Date(due).toLocaleTimeString()))]
      : [];
    return { parts: [bar, text, ...note], tick };
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
      ? [element("small", "armory-approvals__note", say("rejected", rejectedCallbacks, lastRejection))]
      : [];
  }

  function badge(approval) {
    const state = stateOf(approval);
    return element("span", `armory-approvals__state armory-approvals__state--${state.toLowerCase()}`, say(`state.${state}`));
  }

  function build(approval) {
    const link = element("a", "jenkins-table__link", `${approval.job} #${approval.build}`);
    link.href = `../${approval.buildUrl}`;
    return link;
  }

  /** What the cells of an approval hold, by column; some of it changes as time goes by. */
  const CELLS = {
    state: (approval) => [badge(approval)],
    build: (approval) => [build(approval)],
    environment: (approval) => [approval.environment || "–"],
    webhook: (approval) => [approval.webhook],
    age: (approval) => age(approval.createdAt),
    left: timeLeft,
    attempt,
    decidedAt: (approval) => [time(approval.decision.decidedAt)],
    message: (approval) => [...(approval.decision ? message(approval.decision) : progressOf(approval)), ...rejected(approval)],
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
      let place = this.body.firstChild;
      for (const approval of shown) {
        let known = this.rows.get(approval.id);
        if (!known || known.madeOf !== byId.get(approval.id)) {
          const made = makeRow(approval, this.columns);
          if (known) {
            if (place === known.row) {
              place = made.row;
            }
            known.row.replaceWith(made.row);
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
  const trouble = element("p", "error armory-approvals__trouble");
  trouble.setAttribute("role", "alert");
  trouble.hidden = true;
  const summary = element("p", "armory-approvals__hidden");
  summary.setAttribute("role", "status");
  const empty = element("p", "armory-approvals__nothing", say("none.ever"));
  empty.hidden = true;
  const content = element("div", "", bar(), waiting.whole, decided.whole);
  content.hidden = true;
  page.replaceChildren(trouble, summary, empty, content);

  function render() {
    const open = approvals.filter((approval) => !approval.decision);
    const over = approvals.filter((approval) => approval.decision);
    empty.hidden = approvals.length > 0;
    content.hidden = approvals.length === 0;
    waiting.show(open.filter(matches), open.length);
    decided.show(over.filter(matches), over.length);
    const said = say("summary", waiting.found.length, decided.found.length);
    if (summary.textContent !== said) {
      summary.textContent = said;
    }
  }

  async function ask() {
    const headers = { Accept: "application/json" };
    if (tag) {
      headers["If-None-Match"] = tag;
    }
    const response = await fetch(page.dataset.api, { headers, cache: "no-store" });
    if (response.status === 304) {
      return;
    }
    if (!response.ok) {
      throw new Error(say("failed.status", response.status));
    }
    take(await response.json());
    tag = response.headers.get("ETag") || "";
    offer("state", approvals.map(stateOf));
    offer("job", approvals.map((approval) => approval.job));
    offer("environment", approvals.map((approval) => approval.environment).filter((environment) => environment));
    render();
  }

  let asking = false;

  /** What is shown stays when Jenkins cannot be reached, and says so. */
  async function refresh() {
    if (document.hidden || asking) {
      return;
    }
    asking = true;
    try {
      await ask();
      trouble.hidden = true;
    } catch (error) {
      const said = say("failed", error.message);
      if (trouble.hidden || trouble.textContent !== said) {
        trouble.textContent = said;
        trouble.hidden = false;
      }
    } finally {
      asking = false;
      waiting.tick();
    }
  }

  refresh();
  setInterval(refresh, REFRESH_MILLIS);
  document.addEventListener("visibilitychange", refresh);
})();
