import { type ReadonlySignal, signal } from "@preact/signals";

const now = signal(Date.now());
const visible = signal(document.visibilityState === "visible");
let offsetMs = 0;

/** The supervisor's time in Unix milliseconds, moved on each second while the page is seen. */
export const nowMs: ReadonlySignal<number> = now;

/** Whether the page is seen: what only serves the eye rests when it is not. */
export const isVisible: ReadonlySignal<boolean> = visible;

/** Tells what time it is where the system runs. A browser on another machine may think otherwise. */
export function setServerTime(serverMs: number): void {
  const differenceMs = serverMs - Date.now();
  // Under two seconds it is the way here, and no disagreement.
  offsetMs = Math.abs(differenceMs) > 2_000 ? differenceMs : 0;
}

/** Lets the time pass. Called once. */
export function startClock(): void {
  const tick = () => {
    if (visible.peek()) now.value = Date.now() + offsetMs;
  };
  setInterval(tick, 1_000);
  document.addEventListener("visibilitychange", () => {
    visible.value = document.visibilityState === "visible";
    tick();
  });
}
