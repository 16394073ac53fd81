import { effect, type ReadonlySignal, signal } from "@preact/signals";

/** `auto` follows the system's setting. */
export type Theme = "auto" | "light" | "dark";

const PLACE = "trestle.theme";
const chosen = signal<Theme>("auto");
const drawn = signal(0);

/** What the reader chose; kept by the browser. */
export const theme: ReadonlySignal<Theme> = chosen;

/** Changes whenever colours do: what is drawn on a canvas reads it, to be drawn anew. */
export const colourTurn: ReadonlySignal<number> = drawn;

/** Chooses a theme. */
export function setTheme(next: Theme): void {
  chosen.value = next;
  try {
    localStorage.setItem(PLACE, next);
  } catch {
    // Without storage the choice holds until the page is closed.
  }
}

/** Takes up what was chosen before, and follows the system. Called once. */
export function startTheme(): void {
  try {
    const stored = localStorage.getItem(PLACE);
    if (stored === "light" || stored === "dark") chosen.value = stored;
  } catch {
    // As above.
  }
  effect(() => {
    if (chosen.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen.value;
    drawn.value = drawn.peek() + 1;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    drawn.value = drawn.peek() + 1;
  });
}
