import type { MetricInfo, MetricQuery, Reading } from "../../control-api/index.ts";
import type { PartKind } from "../../design/model.ts";

/** What to chart of a part, by what has been reported. Pure. */
export type PartQuery = Omit<MetricQuery, "fromMs" | "toMs" | "points">;

/** Where a part's requests, failures and latency are kept. */
export interface RequestQueries {
  /** A histogram of durations; how many there were is how often it took a value. */
  readonly duration: PartQuery;
  /** The same, of those that failed; undefined where failures are not told apart. */
  readonly failed?: PartQuery;
  /** An attribute worth a line each of the rate. */
  readonly by?: string;
  /** In words, who measured it. */
  readonly source: string;
}

interface Candidate {
  readonly name: string;
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
    own: true,
    by: "trestle.user",
    source: "commands, measured by the part itself",
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
  for (const { name, own, failed, by, source } of CANDIDATES) {
    const telling = infos.find((info) => info.name === name && tellsOf(info, part, own));
    if (!telling) continue;
    const base = own ? { name, part } : { name };
    const where = own ? {} : { "trestle.peer": part };
    return {
      duration: { ...base, as: "rate", where },
      ...(failed ? { failed: { ...base, as: "rate", where: { ...where, ...failed } } } : {}),
      ...(by !== undefined && (telling.attributes[by]?.length ?? 0) > 0 ? { by } : {}),
      source,
    };
  }
  return undefined;
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
  trestle: "Links",
};

/** A chart for each metric that a part has reported, beyond those that every part has. */
export function ownGroups(part: string, infos: readonly MetricInfo[]): OwnGroup[] {
  const groups = new Map<string, OwnChart[]>();
  const own = infos
    .filter((info) => info.part === part && !SHOWN.has(info.name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const info of own.slice(0, CHARTS_MAX)) {
    const word = info.name.split(/[._]/)[0] ?? "";
    const charts = groups.get(word) ?? [];
    groups.set(word, charts);
    charts.push(...chartsOf(info, word));
  }
  return gathered([...groups].map(([word, charts]) => ({ title: GROUP_TITLES[word] ?? word, charts })));
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

function chartsOf(info: MetricInfo, word: string): OwnChart[] {
  const short = info.name.slice(word.length + 1) || info.name;
  const title = short.replaceAll(/[._]/g, " ");
  const as: Reading = info.kind === "counter" ? "rate" : info.kind === "gauge" ? "value" : "p99";
  const by = lineAttribute(info);
  const query = { name: info.name, part: info.part, as, ...(by === undefined ? {} : { by }) };
  const chart = {
    title: info.kind === "histogram" ? `${title}, p99` : title,
    query,
    isRate: as === "rate",
    description: info.description,
  };
  return [chart];
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
