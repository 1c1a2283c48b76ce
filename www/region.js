// Choosing a part of a picture, by pointer and by keyboard.
//
// Two buttons lie on the picture: the part itself, which the arrow keys move, and its corner, which they size. Escape
// gives the part up.

import { element, make } from "./dom.js";
import { words } from "./words.js";

const FIRST = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
/** No side of a part is shorter than this. */
const LEAST = 0.05;
const STEP = 0.02;
const LEAP = 0.1;
/** Milliseconds after the last key, when a part counts as chosen. */
const PAUSE = 400;

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/**
 * Lets a part of the picture in `stage` be chosen.
 *
 * @param {HTMLElement} stage holds the picture and is exactly as large
 * @param {object} on
 * @param {(region: object | null) => void} on.choose called when a choice has come to rest
 * @param {object | null} on.region the part to begin with
 */
export function regionOn(stage, { choose, region = null }) {
  const move = make("button", { type: "button", className: "move", ariaLabel: words.moveRegion });
  const size = make("button", { type: "button", className: "size", ariaLabel: words.sizeRegion });
  const box = make("div", { className: "region", hidden: true }, move, size);
  stage.append(box);
  let rest;

  const show = (changed) => {
    region = changed;
    box.hidden = !region;
    stage.classList.toggle("choosing", Boolean(region));
    if (!region) return;
    for (const [name, side] of [["left", "x"], ["top", "y"], ["width", "width"], ["height", "height"]]) {
      box.style.setProperty(name, `${region[side] * 100}%`);
    }
  };
  const settle = (pause) => {
    clearTimeout(rest);
    rest = setTimeout(() => choose(region), pause);
  };
  const moved = (from, dx, dy) => ({ ...from, x: clamp(from.x + dx, 0, 1 - from.width), y: clamp(from.y + dy, 0, 1 - from.height) });
  const sized = (from, dx, dy) => ({ ...from, width: clamp(from.width + dx, LEAST, 1 - from.x), height: clamp(from.height + dy, LEAST, 1 - from.y) });

  for (const [handle, change] of [[move, moved], [size, sized]]) {
    handle.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || event.key === "Delete") {
        event.preventDefault();
        return give(null);
      }
      const arrow = ARROWS[event.key];
      if (!arrow) return undefined;
      event.preventDefault();
      const step = event.shiftKey ? LEAP : STEP;
      show(change(region, arrow[0] * step, arrow[1] * step));
      return settle(PAUSE);
    });
  }

  stage.addEventListener("pointerdown", (event) => {
    const onHandle = event.target === size ? sized : event.target === move ? moved : null;
    // A finger on the bare picture scrolls the page.
    if (event.button !== 0 || (!onHandle && event.pointerType !== "mouse")) return;
    event.preventDefault();
    const bounds = stage.getBoundingClientRect();
    const at = ({ clientX, clientY }) => [clamp((clientX - bounds.left) / bounds.width, 0, 1), clamp((clientY - bounds.top) / bounds.height, 0, 1)];
    const [startX, startY] = at(event);
    const from = region;
    const drag = (later) => {
      const [x, y] = at(later);
      if (onHandle) return show(onHandle(from, x - startX, y - startY));
      const width = Math.abs(x - startX);
      const height = Math.abs(y - startY);
      if (width >= LEAST && height >= LEAST) show({ x: Math.min(x, startX), y: Math.min(y, startY), width, height });
      return undefined;
    };
    const dragging = new AbortController();
    const { signal } = dragging;
    const end = () => {
      dragging.abort();
      if (region !== from) settle(0);
    };
    stage.setPointerCapture(event.pointerId);
    stage.addEventListener("pointermove", drag, { signal });
    stage.addEventListener("pointerup", end, { signal });
    stage.addEventListener("pointercancel", end, { signal });
    event.target.focus?.();
  });

  const give = (changed) => {
    show(changed);
    settle(0);
    (changed ? move : element("part")).focus();
  };
  show(region);
  return {
    /** Begins with the middle of the picture, or ends. */
    toggle: () => give(region ? null : FIRST),
  };
}
