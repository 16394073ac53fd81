import type { ComponentChildren, JSX } from "preact";

/** A text of many lines, in a frame of its own that scrolls. */
export function ValueText({
  isDump = false,
  children,
}: {
  /** Lines are not broken. */
  readonly isDump?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
    <section class={`data-text${isDump ? " data-dump" : ""}`} tabIndex={0} aria-label="The value">
      <pre>{children}</pre>
    </section>
  );
}
