import type { ComponentChildren, JSX } from "preact";
import type { State, SystemState } from "../../../control-api/index.ts";
import { stateLook, stateWords } from "../../model/state.ts";
import { Icon, type IconName } from "./icon.tsx";

/** How something is: each has a colour, and a shape for those who cannot tell the colours. */
export type Level = "good" | "warn" | "bad" | "busy" | "off" | "plain";

const ICONS: Readonly<Record<Level, IconName>> = {
  good: "check",
  warn: "warn",
  bad: "cross",
  busy: "clock",
  off: "minus",
  plain: "right",
};

/** A word or two in a frame. */
export function Badge({
  level = "plain",
  icon = level !== "plain",
  children,
}: {
  readonly level?: Level;
  readonly icon?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`badge badge-${level}`}>
      {icon && <Icon name={ICONS[level]} size={12} />}
      <span>{children}</span>
    </span>
  );
}

/** A state as a mark with its words, or (`bare`) as the mark alone, which is read out and shown on hovering. */
export function StateMark({
  state,
  bare = false,
}: {
  readonly state: State | SystemState;
  readonly bare?: boolean;
}): JSX.Element {
  const words = stateWords(state);
  const level = stateLook(state);
  if (!bare) {
    return (
      <span class={`state state-${level}`}>
        <Icon name={ICONS[level]} size={12} />
        <span>{words}</span>
      </span>
    );
  }
  return (
    <span class={`state state-${level}`} title={words}>
      <Icon name={ICONS[level]} size={12} title={words} />
    </span>
  );
}
