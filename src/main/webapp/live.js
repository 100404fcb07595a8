/*
 * Shows the answer that came with the page, and keeps the page up to date with one request for all of it. While nothing has changed, the
 * answer is a 304.
 */
import { page, say } from "./words.js";

const REFRESH_MILLIS = 3000;
const TICK_MILLIS = 1000;

/** The longest time for an answer, in milliseconds. A connection that breaks silently never brings one. */
const PATIENCE_MILLIS = 60_000;

let clockOffset = 0; // of Jenkins's clock to this one, in milliseconds

/** Now, by Jenkins's clock. */
export const now = () => Date.now() + clockOffset;

/** Asks Jenkins; fails if the answer takes too long. */
export const request = (url, options) => fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MILLIS) });

/** Returns the answer that came with the page, null if there is none, and removes it from the page. */
function firstAnswer() {
  const text = page.dataset.armoryFirst;
  delete page.dataset.armoryFirst;
  return text ? JSON.parse(text) : null;
}

/**
 * Shows what Jenkins says, now and whenever it changes. The page says why that is not possible; what is shown stays then.
 *
 * @param show takes Jenkins's answer
 * @param tick brings up to date what changes with time alone
 * @param isOver whether nothing will change any more
 * @returns a function that asks at once
 */
export function keepUpToDate({ show, tick, isOver = () => false }) {
  const trouble = document.createElement("p");
  trouble.className = "error armory-approvals__trouble";
  trouble.setAttribute("role", "alert");
  trouble.hidden = true;
  page.prepend(trouble);
  let tag = "";
  let asking = false;
  let again = false;

  function take({ status, tag: newTag, body }) {
    if (status !== 200) {
      throw new Error(body.message || say("failed.status", status));
    }
    clockOffset = Date.parse(body.now) - Date.now();
    show(body);
    tag = newTag || ""; // what could not be shown is asked for again
  }

  async function ask() {
    const headers = { Accept: "application/json" };
    if (tag) {
      headers["If-None-Match"] = tag;
    }
    const response = await request(page.dataset.api, { headers, cache: "no-store" });
    if (response.status === 304) {
      return;
    }
    const body = response.ok ? await response.json() : await response.json().catch(() => ({}));
    take({ status: response.status, tag: response.headers.get("ETag"), body });
  }

  /** Says why the page could not be brought up to date, null if it could. */
  function told(error) {
    const said = error ? say("failed", error.message) : "";
    if (error && (trouble.hidden || trouble.textContent !== said)) {
      trouble.textContent = said;
    }
    trouble.hidden = !error;
  }

  async function refresh() {
    if (asking) {
      again = true; // the request under way may have been answered before the change that somebody asks for
      return;
    }
    asking = true;
    try {
      await ask();
      told(null);
    } catch (error) {
      told(error);
    } finally {
      asking = false;
      tick();
    }
    if (again) {
      again = false;
      await refresh();
    }
  }

  function regularly() {
    if (!document.hidden && !asking && !isOver()) {
      refresh();
    }
  }

  const first = firstAnswer();
  if (first) {
    try {
      take(first);
    } catch (error) {
      told(error);
    }
  }
  regularly();
  setInterval(regularly, REFRESH_MILLIS);
  setInterval(() => {
    if (!document.hidden && !isOver()) {
      tick();
    }
  }, TICK_MILLIS);
  document.addEventListener("visibilitychange", regularly);
  return refresh;
}
