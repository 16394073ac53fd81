import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { isVisible } from "../state/clock.ts";
import { paused } from "../state/range.ts";
import { lookedAt } from "./map-state.ts";

/** Fifteen pictures a second are enough for dashes; each paints the lines anew. */
const STEP_MS = 66;
/** Every speed is a whole number of pixels a second and the dashes repeat every 16 pixels: after 16 s all are where they began. */
const TURN_S = 16;

/**
 * Lets the dashes of the lines move, by a variable that says how many seconds have passed. An animation of the style sheet would be painted as
 * often as the screen is, which for a page that is open all day is four times the work. Nothing moves while the page is paused
 * or not seen, where less motion is asked for, or (`isCalm`) while no line is looked at.
 */
export function useFlow(lines: RefObject<SVGSVGElement | null>, isCalm: boolean): void {
  const moves = isVisible.value && !paused.value && !(isCalm && lookedAt.value === undefined);
  useEffect(() => {
    if (!moves) return;
    const less = matchMedia("(prefers-reduced-motion: reduce)");
    const timer = setInterval(() => {
      if (less.matches) return;
      const seconds = (performance.now() / 1_000) % TURN_S;
      lines.current?.style.setProperty("--seconds", seconds.toFixed(2));
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [moves, lines]);
}
