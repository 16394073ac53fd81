import type { JSX } from "preact";

const IS_MAC = /mac/i.test(navigator.platform);

/** Keys as they stand on the keyboard: `Mod+K` is ⌘K on a Mac, Ctrl K elsewhere; `g m` is one after the other. */
export function KeyHint({ keys }: { readonly keys: string }): JSX.Element {
  const words = keys.replaceAll("Mod", IS_MAC ? "⌘" : "Ctrl").split(/[+ ]/);
  return (
    <span class="keys">
      {words.map((word) => (
        <kbd key={word}>{word}</kbd>
      ))}
    </span>
  );
}
