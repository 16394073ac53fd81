import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  /** What it does, where no words stand in it; shown on hovering too. */
  readonly label?: string;
  /** `quiet` has no frame, `main` is the one to press, `danger` loses something. Default a plain one. */
  readonly look?: "quiet" | "main" | "danger";
  readonly onClick?: (event: MouseEvent) => void;
  readonly disabled?: boolean;
  /** Of a button that stays down. */
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly type?: "button" | "submit";
  /** Keys that do the same, as `aria-keyshortcuts` has them. */
  readonly keys?: string;
  readonly class?: string;
}

/** A button, with words, an icon, or both. */
export function Button(props: ButtonProps): JSX.Element {
  const { children, icon, label, look, onClick, disabled, pressed, expanded, controls, keys } = props;
  const isBare = children === undefined || children === null;
  return (
    <button
      type={props.type ?? "button"}
      class={`button${look ? ` button-${look}` : ""}${isBare ? " button-bare" : ""}${props.class ? ` ${props.class}` : ""}`}
      onClick={onClick}
      disabled={disabled}
      {...(label === undefined ? {} : { "aria-label": label, title: label })}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      {...(expanded === undefined ? {} : { "aria-expanded": expanded })}
      {...(controls === undefined ? {} : { "aria-controls": controls })}
      {...(keys === undefined ? {} : { "aria-keyshortcuts": keys })}
    >
      {icon && <Icon name={icon} />}
      {!isBare && <span>{children}</span>}
    </button>
  );
}
