import type { MetricInfo, MetricQuery, Reading } from "../../control-api/index.ts";
import type { PartKind } from "../../design/model.ts";

/** What to chart of a part, by what has been reported. Pure. */
export type PartQuery = Omit<MetricQuery, "fromMs" | "toMs" | "points">;

/** Where a part's requests, failures and latency are kept. */
export interface RequestQueries {
  /** How many there were. */
  readonly rate: PartQuery;
  /** A histogram of durations. */
  readonly duration: PartQuery;
  /** How many of them failed; undefined where failures are not told apart. */
  readonly failed?: PartQuery;
  /** An attribute worth a line each of the rate. */
  readonly by?: string;
  /** In words, who measured it. */
  readonly source: string;
}

interface Candidate {
  /** The histogram of durations. */
  readonly name: string;
  /** What is counted, where durations are only those of some. */
  readonly counted?: string;
  /** Measured by the part itself, or by those who use it. */
  readonly own: boolean;
  readonly failed?: Readonly<Record<string, string>>;
  readonly by?: string;
  readonly source: string;
}

const CANDIDATES: readonly Candidate[] = [
  {
    name: "http.server.request.duration",
    own: true,
    failed: { "error.type": "*" },
    by: "http.response.status_code",
    source: "measured by the part itself",
  },
  {
    name: "http.client.request.duration",
    own: false,
    failed: { "error.type": "*" },
    by: "http.response.status_code",
    source: "measured by those who call it",
  },
  {
    name: "redis.command.duration",
    counted: "redis.commands.processed",
    own: true,
    by: "trestle.user",
    source: "measured by the part itself",
  },
  {
    name: "db.client.operation.duration",
    own: false,
    failed: { "error.type": "*" },
    by: "db.operation.name",
    source: "measured by those who use it",
  },
  {
    name: "trestle.link.duration",
    own: false,
    failed: { error: "true" },
    source: "counted from the spans of those who use it",
  },
];

/** What is asked of a part, from the best source that tells of it; undefined while none does. `infos` are those of all parts. */
export function requestQueries(part: string, infos: readonly MetricInfo[]): RequestQueries | undefined {
  for (const { name, counted = name, own, failed, by, source } of CANDIDATES) {
    const telling = infos.find((info) => info.name === name && tellsOf(info, part, own));
    if (!telling) continue;
    const base = own ? { name, part } : { name };
    const where = own ? {} : { "trestle.peer": part };
    return {
      rate: { ...base, name: counted, as: "rate", where },
      duration: { ...base, as: "p99", where },
      ...(failed ? { failed: { ...base, as: "rate", where: { ...where, ...failed } } } : {}),
      ...(by !== undefined && isReadable(telling.attributes[by]) ? { by } : {}),
      source,
    };
  }
  return undefined;
}

function isReadable(values: readonly string[] | undefined): boolean {
  return values !== undefined && values.length > 0 && values.length <= RATES_MAX;
}

function tellsOf(info: MetricInfo, part: string, own: boolean): boolean {
  return own ? info.part === part : (info.attributes["trestle.peer"]?.includes(part) ?? false);
}

/** One chart of a part's own metrics. */
export interface OwnChart {
  readonly title: string;
  readonly query: PartQuery;
  readonly isRate: boolean;
  readonly description: string;
}

/** Charts that belong together, by the first word of their names. */
export interface OwnGroup {
  readonly title: string;
  readonly charts: readonly OwnChart[];
}

/** What the view shows in charts of its own already. */
const SHOWN = new Set(["process.cpu.utilization", "process.memory.usage", "http.server.request.duration"]);
/** So many lines of a rate can be told apart. */
const RATES_MAX = 8;
const CHARTS_MAX = 120;
const GROUP_MIN = 3;
/** More lines than that tell nothing. */
const LINES_MAX = 12;
const GROUP_TITLES: Readonly<Record<string, string>> = {
  redis: "Cache",
  postgresql: "PostgreSQL",
  http: "HTTP",
  db: "Database calls",
  nodejs: "Node.js",
  v8js: "V8",
  process: "Process",
  "trestle.edge": "Edge",
  "trestle.cache": "Cache",
  "trestle.link": "Links",
};
/** Names that OpenTelemetry shortens, as people say them. */
const WORDS: Readonly<Record<string, string>> = {
  cpu: "CPU",
  db: "database",
  blks: "blocks",
  tup: "rows",
  unix: "",
  maxmemory: "memory limit",
};

/** A chart for each metric that a part has reported, beyond those that every part has. */
export function ownGroups(part: string, infos: readonly MetricInfo[]): OwnGroup[] {
  const groups = new Map<string, OwnChart[]>();
  const own = infos
    .filter((info) => info.part === part && !SHOWN.has(info.name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const info of own.slice(0, CHARTS_MAX)) {
    const [first = "", second = ""] = info.name.split(/[._]/);
    // Whatever is Trestle's own is told by whose it is.
    const word = first === "trestle" ? `${first}.${second}` : first;
    const title = GROUP_TITLES[word] ?? word;
    const charts = groups.get(title) ?? [];
    groups.set(title, charts);
    charts.push(chartOf(info, word));
  }
  return gathered([...groups].map(([title, charts]) => ({ title, charts })));
}

/** Groups of one or two charts stand together as one: a heading over each would be most of what is seen. */
function gathered(groups: readonly OwnGroup[]): OwnGroup[] {
  const small = groups.filter(({ charts }) => charts.length < GROUP_MIN);
  if (small.length < 2) return [...groups];
  const charts = small.flatMap((group) =>
    group.charts.map((chart) => ({ ...chart, title: `${group.title}: ${chart.title}` })),
  );
  return [...groups.filter(({ charts }) => charts.length >= GROUP_MIN), { title: "Its own metrics", charts }];
}

function chartOf(info: MetricInfo, word: string): OwnChart {
  const short = info.name.slice(word.length + 1) || info.name;
  const words = short.split(/[._]/).map((one) => WORDS[one] ?? one);
  const title = capital(words.filter(Boolean).join(" "));
  const as: Reading = info.kind === "counter" ? "rate" : info.kind === "gauge" ? "value" : "p99";
  const by = lineAttribute(info);
  const query = { name: info.name, part: info.part, as, ...(by === undefined ? {} : { by }) };
  return {
    title: info.kind === "histogram" ? `${title}, p99` : title,
    query,
    isRate: as === "rate",
    description: info.description,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The attribute with the most values that still make readable lines. */
function lineAttribute({ attributes }: MetricInfo): string | undefined {
  const fit = Object.entries(attributes).filter(
    ([, values]) => values.length > 1 && values.length <= LINES_MAX,
  );
  fit.sort(([, one], [, other]) => other.length - one.length);
  return fit[0]?.[0];
}

/** The name of what a kind of part is asked for: requests, commands, queries. */
export function requestWord(kind: PartKind): string {
  if (kind === "cache") return "Commands";
  if (kind === "database") return "Queries";
  return "Requests";
}
