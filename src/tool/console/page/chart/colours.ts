const SERIES = 8;
const HEAT = 5;
const probe = document.createElement("span");
probe.hidden = true;

/** A custom property as a canvas understands it: it does not know `light-dark()`, and what a variable says is not resolved until it is used. */
export function colourOf(name: string): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

/** The colour of a line by its place, as a custom property; they begin anew after the eighth. */
export function seriesVariable(index: number): string {
  return `--series-${(index % SERIES) + 1}`;
}

/** A colour with so much of it seen, 0 to 1. */
export function faded(colour: string, share: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(share * 100)}%, transparent)`;
}

/** The ramp of heat maps in so many steps, coldest first. */
export function heatRamp(steps: number): string[] {
  const stops = Array.from({ length: HEAT }, (_, index) => rgbOf(colourOf(`--heat-${index}`)));
  return Array.from({ length: steps }, (_, step) => {
    const at = (step / Math.max(1, steps - 1)) * (HEAT - 1);
    const low = stops[Math.floor(at)] ?? [0, 0, 0];
    const high = stops[Math.ceil(at)] ?? low;
    const share = at - Math.floor(at);
    const mixed = low.map((value, index) => Math.round(value + ((high[index] ?? value) - value) * share));
    return `rgb(${mixed.join(" ")})`;
  });
}

function rgbOf(colour: string): number[] {
  return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}
