const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;

/** Colours a text, or returns it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Leaves every text as it is. */
export const plain: Paint = (_style, text) => text;

/** Colours by ANSI escapes (ECMA-48, SGR); every terminal of today knows these eight. */
export const ansi: Paint = (style, text) => {
  const [on, off] = STYLES[style];
  return text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
};

/** The paint of an output. */
export function paintOf(output: { readonly colour: boolean }): Paint {
  return output.colour ? ansi : plain;
}

const PART_COLOURS: readonly Style[] = ["cyan", "magenta", "yellow", "blue", "green"];

/** Gives each name a colour of its own while there are enough: the same name gets the same one again. */
export function partColours(): (name: string) => Style {
  const given = new Map<string, Style>();
  return (name) => {
    const colour = given.get(name) ?? PART_COLOURS[given.size % PART_COLOURS.length] ?? "cyan";
    given.set(name, colour);
    return colour;
  };
}
