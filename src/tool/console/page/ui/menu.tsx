import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import type { IconName } from "./icon.tsx";

/** A button that opens a small panel below it. Esc, a click elsewhere and the focus going away close it. */
export function Menu({
  label,
  icon,
  text,
  look,
  align = "right",
  keys,
  children,
}: {
  /** Names the button; shown on hovering where `text` is not given. */
  readonly label: string;
  readonly icon?: IconName;
  readonly text?: ComponentChildren;
  readonly look?: "quiet" | "main" | "danger";
  readonly align?: "left" | "right";
  readonly keys?: string;
  readonly children: (close: () => void) => ComponentChildren;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    frame.current?.querySelector("button")?.focus();
  };
  useLayoutEffect(() => {
    if (!isOpen) return;
    const look = (event: Event) => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", look);
    document.addEventListener("focusin", look);
    const panel = frame.current?.querySelector(".menu-panel");
    const first = panel?.querySelector("[aria-current]") ?? panel?.querySelector("button, a, input");
    if (first instanceof HTMLElement) first.focus();
    return () => {
      document.removeEventListener("pointerdown", look);
      document.removeEventListener("focusin", look);
    };
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...(frame.current?.querySelectorAll<HTMLElement>(".menu-item") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within.
    <div class="menu" ref={frame} onKeyDown={onKeyDown}>
      <Button
        {...(look ? { look } : {})}
        {...(icon ? { icon } : {})}
        {...(keys ? { keys } : {})}
        label={label}
        expanded={isOpen}
        controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {text}
      </Button>
      <div id={id} class={`menu-panel menu-${align}`} hidden={!isOpen}>
        {isOpen && children(close)}
      </div>
    </div>
  );
}

/** A line of a menu that does something. */
export function MenuItem({
  onClick,
  icon,
  chosen,
  children,
  hint,
}: {
  readonly onClick: () => void;
  readonly icon?: ComponentChildren;
  readonly chosen?: boolean;
  readonly children: ComponentChildren;
  readonly hint?: ComponentChildren;
}): JSX.Element {
  return (
    <button type="button" class="menu-item" onClick={onClick} {...(chosen ? { "aria-current": "true" } : {})}>
      {icon}
      <span class="menu-text">{children}</span>
      {hint}
    </button>
  );
}
