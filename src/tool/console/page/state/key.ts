import { type ReadonlySignal, signal } from "@preact/signals";

/** Of this origin: each supervisor has a port, and so a place, of its own. */
const PLACE = "trestle.key";

const held = signal<string | undefined>(undefined);
const refusal = signal(false);
/** The token that a new one took the place of, until the API has refused one of them. */
let before: string | undefined;

/** The token that the control API asks for; undefined until a link has brought one. */
export const key: ReadonlySignal<string | undefined> = held;

/** Whether the API refused the last token: it belongs to an earlier run. */
export const isRefused: ReadonlySignal<boolean> = refusal;

/**
 * Takes the token out of the address (`#key=…`), where it must not stay to be copied or seen, or else from where an earlier visit left it;
 * and goes on watching for links that bring another. Called once.
 */
export function takeKey(): void {
  addEventListener("hashchange", readAddress);
  addEventListener("storage", (event) => {
    if (event.key !== PLACE || !event.newValue) return;
    before = held.peek();
    hold(event.newValue);
  });
  if (!readAddress()) held.value = stored();
}

/**
 * Says that the API did not accept this token. Told late of one that was replaced meanwhile, it does nothing. A token that came with
 * a link and is wrong gives way to the one that was there: any page can lead here with a key that it made up.
 */
export function refuseKey(refused: string): void {
  if (held.peek() !== refused) return;
  const earlier = before;
  before = undefined;
  if (earlier !== undefined && earlier !== refused) {
    keep(earlier);
    return;
  }
  held.value = undefined;
  refusal.value = true;
  try {
    if (localStorage.getItem(PLACE) === refused) localStorage.removeItem(PLACE);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function readAddress(): boolean {
  const found = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!found) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  // What could not stand in a header is no token.
  if (!/^[\w.~+/=-]{1,512}$/.test(found)) return false;
  before = held.peek() ?? stored();
  keep(found);
  return true;
}

function keep(value: string): void {
  hold(value);
  try {
    localStorage.setItem(PLACE, value);
  } catch {
    // Without storage the token holds until the page is closed.
  }
}

function hold(value: string): void {
  held.value = value;
  refusal.value = false;
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(PLACE) ?? undefined;
  } catch {
    return undefined;
  }
}
