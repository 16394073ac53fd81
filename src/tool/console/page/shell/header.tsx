import type { JSX } from "preact";
import { hrefOf } from "../state/address.ts";
import { connection, figures, requirements, system } from "../state/live.ts";
import { paused, togglePause } from "../state/range.ts";
import { setTheme, type Theme, theme } from "../state/theme.ts";
import { StateMark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { KeyHint } from "../ui/key-hint.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { Mark } from "./mark.tsx";
import { overlay } from "./overlay-state.ts";
import { RangePicker } from "./range-picker.tsx";

/** Which system it is and how it is, at a glance; and what concerns all views. */
export function Header(): JSX.Element {
  return (
    <header class="head">
      <a class="brand" href={hrefOf("map")}>
        <Mark />
        <span class="brand-name">{system.value?.system ?? "Trestle"}</span>
      </a>
      <div class="head-status">
        <Status />
        <Glance />
      </div>
      <span class="head-gap" />
      <Button class="find" icon="search" keys="Control+K" onClick={() => (overlay.value = "palette")}>
        Find{" "}
        <span aria-hidden="true">
          <KeyHint keys="Mod+K" />
        </span>
      </Button>
      <RangePicker />
      <Button
        look="quiet"
        icon={paused.value ? "play" : "pause"}
        label={paused.value ? "Go on" : "Pause"}
        pressed={paused.value}
        keys="Space"
        onClick={togglePause}
      />
      <ThemeMenu />
      <Button
        class="head-wide"
        look="quiet"
        icon="help"
        label="Keys"
        keys="?"
        onClick={() => (overlay.value = "help")}
      />
    </header>
  );
}

function Status(): JSX.Element | null {
  const state = figures.value?.state ?? system.value?.state;
  if (connection.value === "lost") {
    return (
      <span class="state state-bad" title="The supervisor does not answer">
        <Icon name="warn" size={12} title="Not connected" />
        <span class="head-word">not connected</span>
      </span>
    );
  }
  if (!state) return null;
  return (
    <>
      <span class="head-word">
        <StateMark state={state} />
      </span>
      <span class="head-narrow">
        <StateMark state={state} bare />
      </span>
    </>
  );
}

/** How many requirements hold; leads to them. */
function Glance(): JSX.Element | null {
  const all = requirements.value;
  if (all.length === 0) return null;
  const missed = all.filter((one) => one.state === "not-met");
  const met = all.filter((one) => one.state === "met").length;
  const words =
    missed.length > 0
      ? `${missed.map((one) => one.title).join(", ")} not met`
      : `${met} of ${all.length} requirements met`;
  return (
    <a
      class={`glance${missed.length > 0 ? " glance-bad" : met === all.length ? " glance-good" : ""}`}
      href={hrefOf("requirements")}
      title={words}
    >
      <Icon name={missed.length > 0 ? "warn" : "requirements"} size={14} />
      <span aria-hidden="true">
        {missed.length > 0 ? missed.length : `${met}/${all.length}`}
        <span class="head-word">{missed.length > 0 ? " not met" : " met"}</span>
      </span>
      <span class="unseen">{words}</span>
    </a>
  );
}

const THEMES: readonly { readonly id: Theme; readonly title: string; readonly icon: IconName }[] = [
  { id: "auto", title: "As the system", icon: "auto" },
  { id: "light", title: "Light", icon: "sun" },
  { id: "dark", title: "Dark", icon: "moon" },
];

function ThemeMenu(): JSX.Element {
  const icon = THEMES.find((one) => one.id === theme.value)?.icon ?? "auto";
  return (
    <Menu label="Theme" icon={icon} look="quiet">
      {(close) =>
        THEMES.map((one) => (
          <MenuItem
            key={one.id}
            icon={<Icon name={one.icon} />}
            chosen={one.id === theme.value}
            onClick={() => {
              setTheme(one.id);
              close();
            }}
          >
            {one.title}
          </MenuItem>
        ))
      }
    </Menu>
  );
}
