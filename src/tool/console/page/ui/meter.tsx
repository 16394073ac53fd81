import type { JSX } from "preact";

/** A bar for a share of something, with its words beside it. */
export function Meter({
  label,
  share,
  text,
  level = "good",
}: {
  readonly label: string;
  /** 0 to 1; beyond, the bar is full. */
  readonly share: number;
  readonly text: string;
  readonly level?: "good" | "warn" | "bad";
}): JSX.Element {
  const width = Math.min(1, Math.max(0, share));
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in a way of their own, which no style reaches.
    <div
      class={`meter meter-${level}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={width}
      aria-valuetext={text}
    >
      <span class="meter-track">
        <span class="meter-bar" style={{ transform: `scaleX(${width})` }} />
      </span>
      <span class="meter-text">{text}</span>
    </div>
  );
}
