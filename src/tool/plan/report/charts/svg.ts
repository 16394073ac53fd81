/** A piece of SVG as text. */
export type Svg = string;

/** What an attribute is given; undefined leaves it out. Numbers are rounded to a tenth. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its attributes and what is in it. Names are the program's own; values may be anybody's. Pure. */
export function element(name: string, attributes: Attributes, ...children: readonly Svg[]): Svg {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? tenths(value) : escaped(String(value))}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** Text as it may stand in XML, whatever it holds: marks become entities, and what XML 1.0 has no place for is left out. */
export function escaped(text: string): Svg {
  return text
    .replaceAll(/[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|\p{Surrogate}/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A number of pixels: to a tenth, without noughts that say nothing. */
export function tenths(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}

/** How wide a text will be, in pixels, as near as can be said without its font: letters of the system's fonts are half as wide as high. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.54;
}
