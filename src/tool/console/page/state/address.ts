import { computed, type ReadonlySignal, signal, useComputed } from "@preact/signals";

/** Values of the query by name; an undefined or empty one is left out. */
export type Params = Readonly<Record<string, string | undefined>>;

/** `push` makes an entry in the browser's history, so that "back" leads here again; `replace` does not. */
export type How = "push" | "replace";

/** What stays in the address when another view is opened: the time that is shown, whether it stands still, and the run. */
const KEPT = ["range", "from", "to", "pause", "run"] as const;

const query = signal(new URLSearchParams(location.search));

/** The whole query. Whoever reads one name had better use `param` or `useParam`, which tell of changes of that one alone. */
export const address: ReadonlySignal<URLSearchParams> = query;

/** Which view is open: `map` when the address says nothing. */
export const view: ReadonlySignal<string> = computed(() => query.value.get("view") || "map");

/** A name's value outside of components; inside a computed signal or an effect it is followed. */
export function param(name: string): string | undefined {
  return query.value.get(name) || undefined;
}

/** A name's value, and how to change it (default: `replace`; undefined takes it out). */
export function useParam(name: string): [string | undefined, (value: string | undefined, how?: How) => void] {
  const value = useComputed(() => query.value.get(name) || undefined);
  return [value.value, (next, how) => setParams({ [name]: next }, how)];
}

/** Changes several names at once, and leaves the others. Default `replace`. */
export function setParams(changes: Params, how: How = "replace"): void {
  const next = new URLSearchParams(query.peek());
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  show(next, how);
}

/** Opens a view, with these values and nothing else but the time, the pause and the run that are shown now. */
export function go(view: string, params: Params = {}): void {
  show(queryOf(query.peek(), view, params), "push");
}

/** Where `go` leads, for a link's `href`. Clicks on such links do not load the page anew (see `followLinks`). */
export function hrefOf(view: string, params: Params = {}): string {
  return textOf(queryOf(query.value, view, params));
}

function queryOf(from: URLSearchParams, view: string, params: Params): URLSearchParams {
  const next = new URLSearchParams({ view });
  for (const name of KEPT) {
    const value = from.get(name);
    if (value && !(name in params)) next.set(name, value);
  }
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") next.set(name, value);
  }
  return next;
}

function show(next: URLSearchParams, how: How): void {
  if (next.toString() === query.peek().toString()) return;
  if (how === "push") history.pushState(null, "", textOf(next));
  else history.replaceState(null, "", textOf(next));
  query.value = next;
}

function textOf(params: URLSearchParams): string {
  const text = params.toString();
  return text === "" ? "/" : `/?${text}`;
}

/** Follows "back" and "forward", and clicks on links that lead to the page itself. Called once. */
export function followLinks(): void {
  addEventListener("popstate", () => {
    query.value = new URLSearchParams(location.search);
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || to.pathname !== "/" || to.hash) return;
    event.preventDefault();
    show(new URLSearchParams(to.search), "push");
  });
}
