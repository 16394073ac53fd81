import type { JSX } from "preact";
import { Button } from "../ui/button.tsx";
import { tell } from "../ui/toast.tsx";

/** A button that copies a text, which is made when it is pressed. */
export function CopyButton({
  what,
  text,
  children,
}: {
  /** In words: `the value`. */
  readonly what: string;
  readonly text: () => string;
  readonly children?: string;
}): JSX.Element {
  const copy = () => {
    navigator.clipboard.writeText(text()).then(
      () => tell(`Copied ${what}`),
      () => tell("The browser does not let this page copy", "bad"),
    );
  };
  return (
    <Button look="quiet" icon="copy" onClick={copy} {...(children ? {} : { label: `Copy ${what}` })}>
      {children}
    </Button>
  );
}
