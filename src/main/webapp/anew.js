/* Elements that are made anew keep the focus and what was unfolded, so that readers and keyboard users can go on. */
import { focusAgain } from "./decide.js";

/** What is unfolded in an element, by `data-part`. */
const unfoldedIn = (element) =>
  new Set([...element.querySelectorAll("details[open]")].map(({ dataset }) => dataset.part));

/** Unfolds what was unfolded before the element was made anew. */
function unfold(element, unfolded) {
  element.querySelectorAll("details").forEach((each) => { each.open ||= unfolded.has(each.dataset.part); });
}

/**
 * Returns a function that gives the focus back, to the same button, part or link, after the element was replaced or its content made anew.
 *
 * @param made the element that replaces it
 */
function focusIn(element, made = element) {
  const focused = document.activeElement;
  if (!focused || !element.contains(focused)) {
    return () => {};
  }
  const { decide } = focused.dataset;
  const part = focused.closest("[data-part]")?.dataset.part;
  const { href, id } = focused;
  return () => {
    if (decide) {
      focusAgain(decide);
    } else if (href) {
      [...made.querySelectorAll("a")].find((link) => link.href === href)?.focus();
    } else if (id) {
      document.getElementById(id)?.focus();
    } else if (part) {
      made.querySelector(`[data-part="${CSS.escape(part)}"] > summary`)?.focus();
    }
  };
}

/** Elements that are made of values. An element whose value has not changed stays. */
export class Kept {
  /**
   * @param whole what they are in
   * @param make makes the element of a value, and the function that brings the times in it up to date
   */
  constructor(whole, make) {
    this.whole = whole;
    this.make = make;
    this.known = new Map(); // by id: the values as text, and their elements
  }

  show(values) {
    const all = values.map((value) => [value.id, this.of(value)]);
    arrange(this.whole, all.map(([, { made }]) => made));
    this.known = new Map(all);
  }

  /** The element of a value. A new one takes the place of the element that was made for this id before. */
  of(value) {
    const known = this.known.get(value.id);
    const madeOf = JSON.stringify(value);
    if (known?.madeOf === madeOf) {
      return known;
    }
    const result = { ...this.make(value), madeOf };
    if (known) {
      replace(known.made, result.made);
    }
    return result;
  }

  tick() {
    this.known.forEach(({ tick }) => tick?.());
  }
}

/** Puts these into an element, in this order. Those that are in it already are only moved. */
function arrange(whole, elements) {
  const shown = new Set(elements);
  [...whole.children].filter((each) => !shown.has(each)).forEach((each) => {
    const focusBack = focusIn(each);
    each.remove();
    focusBack();
  });
  elements.forEach((each, index) => {
    if (whole.children[index] !== each) {
      const focusBack = focusIn(each);
      whole.insertBefore(each, whole.children[index] ?? null);
      focusBack();
    }
  });
}

/** Replaces an element, with its focus and what was unfolded in it. */
function replace(old, made) {
  const focusBack = focusIn(old, made);
  unfold(made, unfoldedIn(old));
  old.replaceWith(made);
  focusBack();
}
