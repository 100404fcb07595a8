/* The words of a page in the viewer's language, which Jenkins puts into the page, and what is said with them. */

/** The element that the scripts fill; it has the words, and the addresses to ask. */
export const page = document.querySelector("[data-armory-words]");

export const words = JSON.parse(page.dataset.armoryWords);

/** All states and outcomes, in the order of the filter. */
export const STATES = Object.keys(words).filter((name) => name.startsWith("state.")).map((name) => name.slice("state.".length));

/** The word of that name, with the values in it. A value may have braces itself. */
export function say(name, ...values) {
  return (words[name] || name).replace(/\{(\d)\}/g, (slot, index) => index in values ? String(values[index]) : slot);
}

export function duration(millis) {
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

/** The build of an approval for people, with its environment. */
export function place({ job, build, environment }) {
  return environment ? `${job} #${build}, ${environment}` : `${job} #${build}`;
}
