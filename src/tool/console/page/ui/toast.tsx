import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface Toast {
  readonly id: number;
  readonly level: "good" | "bad";
  readonly text: string;
}

const toasts = signal<readonly Toast[]>([]);
const SHOWN_MS = 6_000;
const TOASTS_MAX = 4;
let lastId = 0;

/** Tells what was done, or (`bad`) what was not, for six seconds; bad news stays until it is put away. It is read out. */
export function tell(text: string, level: "good" | "bad" = "good"): void {
  const id = ++lastId;
  toasts.value = [...toasts.peek(), { id, level, text }].slice(-TOASTS_MAX);
  if (level === "good") setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((one) => one.id !== id);
}

/** Where what is told appears. Stands in the page once. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="log" aria-live="polite" aria-label="Messages">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.level}`}>
          <Icon name={toast.level === "good" ? "check" : "warn"} />
          <p>{toast.text}</p>
          <Button look="quiet" icon="close" label="Dismiss" onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}
