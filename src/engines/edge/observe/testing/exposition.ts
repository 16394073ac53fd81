/** A strict reader of the two text formats, after their specifications: whatever it does not expect, it throws at. */

/** One line of a metric. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all its lines, in their order. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string | undefined;
  readonly samples: readonly ReadSample[];
}

const METADATA = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y;
const NUMBER = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;

/** Reads the whole of an exposition. */
export function readExposition(text: string, format: "text" | "openmetrics"): readonly ReadFamily[] {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const lines = text.slice(0, -1).split("\n");
  if (format === "openmetrics" && lines.pop() !== "# EOF") throw new Error("there is no # EOF");
  const families: (ReadFamily & { samples: ReadSample[] })[] = [];
  const titles = new Map<string, { HELP?: string; TYPE?: string; UNIT?: string }>();
  for (const line of lines) {
    const [, kind, name = "", rest = ""] = METADATA.exec(line) ?? [];
    if (kind === "HELP" || kind === "TYPE" || kind === "UNIT") {
      if (kind === "UNIT" && format === "text") throw new Error(`the text format knows no UNIT: ${line}`);
      if (families.some((family) => family.name === name)) throw new Error(`late: ${line}`);
      const title = titles.get(name) ?? {};
      if (title[kind] !== undefined) throw new Error(`twice: ${line}`);
      title[kind] = rest;
      titles.set(name, title);
      continue;
    }
    const sample = readSample(line);
    let family = families.at(-1);
    if (!family || !belongs(sample.name, family, format)) {
      const [name = "", title] = [...titles].at(-1) ?? [];
      if (!title?.TYPE || title.HELP === undefined) throw new Error(`no HELP and TYPE before ${line}`);
      if (families.some((earlier) => earlier.name === name)) throw new Error(`torn apart: ${line}`);
      if (title.UNIT !== undefined && !name.endsWith(`_${title.UNIT}`)) throw new Error(`no unit in ${name}`);
      family = { name, type: title.TYPE, help: title.HELP, unit: title.UNIT, samples: [] };
      if (!belongs(sample.name, family, format)) throw new Error(`${line} is not of ${name}`);
      families.push(family);
    }
    family.samples.push(sample);
  }
  for (const family of families) checkFamily(family, format);
  if (titles.size !== families.length) throw new Error("a title has no lines under it");
  return families;
}

function readSample(line: string): ReadSample {
  const [, name = "", pairs = "", number = ""] = SAMPLE.exec(line) ?? [];
  if (name === "" || !NUMBER.test(number)) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < pairs.length) {
    const at = LABEL.lastIndex;
    const [, label = "", value = ""] = LABEL.exec(pairs) ?? [];
    if (label === "" || label in labels) throw new Error(`no label at ${at} of ${line}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, char) => (char === "n" ? "\n" : char));
  }
  if (pairs.endsWith(",")) throw new Error(`a comma too many: ${line}`);
  return { name, labels, value: Number(number.replace("Inf", "Infinity")) };
}

function belongs(sample: string, family: { name: string; type: string }, format: string): boolean {
  if (family.type === "histogram")
    return ["_bucket", "_sum", "_count"].some((end) => sample === family.name + end);
  const total = family.type === "counter" && format === "openmetrics" ? "_total" : "";
  return sample === family.name + total;
}

function checkFamily(family: ReadFamily, format: string): void {
  const seen = new Set(family.samples.map(({ name, labels }) => name + JSON.stringify(labels)));
  if (seen.size !== family.samples.length) throw new Error(`${family.name} has a sample twice`);
  if (family.type === "counter") {
    const total = family.name.endsWith("_total");
    if (total !== (format === "text")) throw new Error(`the counter ${family.name} is not well named`);
    if (family.samples.some(({ value }) => !(value >= 0))) throw new Error(`${family.name} is below 0`);
  } else if (family.type === "histogram") checkHistogram(family, format);
  else if (family.type !== "gauge") throw new Error(`${family.name} is a ${family.type}`);
}

/** Each set of labels: buckets that grow in bound and count, up to the one without bound, which is the count; then the sum. */
function checkHistogram(family: ReadFamily, format: string): void {
  let [bound, count] = [Number.NEGATIVE_INFINITY, 0];
  let series = "";
  let due = "_bucket";
  for (const { name, labels, value } of family.samples) {
    const { le, ...others } = labels;
    const part = name.slice(family.name.length);
    if (part !== due) throw new Error(`${name} where ${due} is due`);
    if (bound === Number.NEGATIVE_INFINITY && due === "_bucket") series = JSON.stringify(others);
    else if (JSON.stringify(others) !== series) throw new Error(`${name} is mixed with others`);
    if (part === "_bucket") {
      if (le === undefined || (format === "openmetrics" && !/\.|Inf/.test(le)))
        throw new Error(`the bound ${le}`);
      const next = Number(le.replace("Inf", "Infinity"));
      if (!(next > bound) || !(value >= count)) throw new Error(`${name} ${le} does not grow`);
      [bound, count] = [next, value];
      if (bound === Number.POSITIVE_INFINITY) due = "_sum";
    } else if (part === "_sum") {
      due = "_count";
    } else {
      if (value !== count) throw new Error(`${name} is ${value}, and not ${count}`);
      [bound, count, due] = [Number.NEGATIVE_INFINITY, 0, "_bucket"];
    }
  }
  if (due !== "_bucket" || bound !== Number.NEGATIVE_INFINITY) throw new Error(`${family.name} is cut off`);
}
