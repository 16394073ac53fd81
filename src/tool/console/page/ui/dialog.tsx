import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

/**
 * The browser's own modal dialog: the focus stays in it and returns to where it was, Esc and a click beside it close it. It is open for as long
 * as it is rendered.
 */
export function Dialog({
  title,
  onClose,
  children,
  footer,
  look,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  readonly footer?: ComponentChildren;
  /** `bare` shows no heading (the title is read out), `side` stands at the right edge. */
  readonly look?: "bare" | "side";
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // The browser tells of the end later, when another dialog may be open already: nobody is to hear it then.
      isGone.current = true;
      dialog.current?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog${look ? ` dialog-${look}` : ""}`}
      aria-labelledby={id}
      onClose={() => {
        if (!isGone.current) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog-inside">
        <header class={look === "bare" ? "unseen" : "dialog-head"}>
          <h2 id={id}>{title}</h2>
          {look !== "bare" && (
            <Button look="quiet" icon="close" label="Close" onClick={() => dialog.current?.close()} />
          )}
        </header>
        <div class="dialog-body">{children}</div>
        {footer && <footer class="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
