/* Keeps a page up to date with one request for all of it, which is answered with nothing while nothing has changed. */
import { page, say } from "./words.js";

const REFRESH_MILLIS = 3000;

let clockOffset = 0; // of Jenkins's clock to this one, in milliseconds

/** Now, by Jenkins's clock. */
export const now = () => Date.now() + clockOffset;

/**
 * Shows what Jenkins says, now and whenever it changes.
 *
 * @param trouble element that says why that is not possible; what is shown stays then
 * @param show takes Jenkins's answer
 * @param tick brings up to date what changes with time alone
 * @param isOver whether nothing will change any more
 * @returns a function that asks at once
 */
export function keepUpToDate({ trouble, show, tick, isOver = () => false }) {
  let tag = "";
  let asking = false;
  let again = false;

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
      const { message } = await response.json().catch(() => ({}));
      throw new Error(message || say("failed.status", response.status));
    }
    const answer = await response.json();
    clockOffset = Date.parse(answer.now) - Date.now();
    tag = response.headers.get("ETag") || "";
    show(answer);
  }

  async function refresh() {
    if (asking) {
      again = true; // what is under way may have been answered before that for which somebody asks now
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

  regularly();
  setInterval(regularly, REFRESH_MILLIS);
  document.addEventListener("visibilitychange", regularly);
  return refresh;
}

/** The element for {@link keepUpToDate} to say its trouble in. */
export function troubleElement() {
  const trouble = document.createElement("p");
  trouble.className = "error armory-approvals__trouble";
  trouble.setAttribute("role", "alert");
  trouble.hidden = true;
  return trouble;
}
