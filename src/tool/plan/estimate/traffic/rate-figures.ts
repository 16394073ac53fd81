import type { SystemModel } from "../../../design/model.ts";
import type { Figure } from "../../figure.ts";
import { countText, rateText, shareText } from "../../report/figure-text.ts";
import type { ResolvedClass, ResolvedSystem } from "../../resolved-model.ts";
import { ratesOfUsers } from "../../theory/envelope/rates.ts";
import { derivedFigure, givenFigure, statedFigure, told } from "./sourced-figure.ts";

/** How many requests come: on a day, in a second, at the peak, reads and writes, and of each class. Pure. */
export interface RateFigures {
  readonly average: Figure;
  readonly peak: Figure;
  /** All of them in the order of a report, those two among them. */
  readonly all: readonly Figure[];
}

/** The rates of a resolved design, led back to what its requirements say, or to the load that was asked for. */
export function rateFigures(model: SystemModel, { classes }: ResolvedSystem): RateFigures {
  const perSecond = sum(classes, ({ perSecond: rate }) => rate);
  const peakPerSecond = sum(classes, ({ peakPerSecond: rate }) => rate);
  const before = averageFigures(model, perSecond);
  const factor = statedFigure(
    { id: "traffic.peak-factor", title: "peak as a multiple of the average", unit: "count" },
    model.requires.traffic?.peak,
    "requires.traffic.peak",
    "traffic.peak",
  );
  const { average, peak } =
    before === undefined
      ? byLoad(perSecond, peakPerSecond, factor)
      : byAverage(before.average, peakPerSecond, factor);
  return {
    average,
    peak,
    all: [
      ...(before?.inputs ?? []),
      ...(before === undefined ? [factor, peak, average] : [average, factor, peak]),
      ...kindFigures(classes, perSecond, average),
      ...classFigures(classes, { average, peak }),
    ],
  };
}

/** The average as the design states it, with what it is made of; undefined where another load was asked for. */
function averageFigures(
  { requires }: SystemModel,
  perSecond: number,
): { readonly average: Figure; readonly inputs: readonly Figure[] } | undefined {
  const { dailyUsers, requestsPerUserPerDay, requestsPerSecond } = requires.traffic ?? {};
  const itself = told("traffic.average", "average request rate", perSecond, "per-second");
  if (requestsPerSecond !== undefined) {
    return isNear(requestsPerSecond, perSecond)
      ? { average: givenFigure(itself, "requires.traffic.rate"), inputs: [] }
      : undefined;
  }
  if (dailyUsers === undefined || requestsPerUserPerDay === undefined) {
    const usual = statedFigure(itself, undefined, "requires.traffic", "traffic.rate");
    return isNear(usual.value, perSecond) ? { average: usual, inputs: [] } : undefined;
  }
  const byUsers = ratesOfUsers({ dailyUsers, requestsPerUserPerDay });
  if (!isNear(byUsers.perSecond, perSecond)) return undefined;
  const users = givenFigure(
    told("traffic.daily-users", "users on a day", dailyUsers, "count"),
    "requires.traffic.dailyUsers",
  );
  const each = givenFigure(
    told("traffic.requests-per-user", "requests of a user on a day", requestsPerUserPerDay, "count"),
    "requires.traffic.requestsPerUserPerDay",
  );
  const perDay = derivedFigure(told("traffic.per-day", "requests on a day", byUsers.perDay, "count"), {
    formula: "daily users × requests per user",
    filled: `${countText(dailyUsers)} × ${countText(requestsPerUserPerDay)}`,
    from: [users, each],
  });
  const average = derivedFigure(itself, {
    formula: "requests on a day / 86,400 s",
    filled: `${countText(byUsers.perDay)} / 86,400 s`,
    from: [perDay],
  });
  return { average, inputs: [users, each, perDay] };
}

type Ends = Pick<RateFigures, "average" | "peak">;

function byAverage(average: Figure, peakPerSecond: number, factor: Figure): Ends {
  const peak = derivedFigure(told("traffic.peak", "peak request rate", peakPerSecond, "per-second"), {
    formula: "average × peak factor",
    filled: `${rateText(average.value)} × ${countText(factor.value)}`,
    from: [average, factor],
  });
  return { average, peak };
}

function byLoad(perSecond: number, peakPerSecond: number, factor: Figure): Ends {
  const peak = givenFigure(told("traffic.peak", "peak request rate", peakPerSecond, "per-second"), "--load");
  const average = derivedFigure(told("traffic.average", "average request rate", perSecond, "per-second"), {
    formula: "peak / peak factor",
    filled: `${rateText(peakPerSecond)} / ${countText(factor.value)}`,
    from: [peak, factor],
  });
  return { average, peak };
}

function kindFigures(
  classes: readonly ResolvedClass[],
  perSecond: number,
  average: Figure,
): readonly Figure[] {
  return (["read", "write"] as const).flatMap((kind): Figure[] => {
    const rate = sum(classes, (one) => (one.kind === kind ? one.perSecond : 0));
    if (rate === 0) return [];
    return [
      derivedFigure(told(`traffic.${kind}s`, `${kind}s, on average`, rate, "per-second"), {
        formula: `average × share of ${kind}s`,
        filled: `${rateText(perSecond)} × ${shareText(rate / perSecond)}`,
        from: [average],
      }),
    ];
  });
}

/** Of one class, its rates are those of the whole. */
function classFigures(classes: readonly ResolvedClass[], { average, peak }: Ends): readonly Figure[] {
  if (classes.length < 2) return [];
  return classes.flatMap(({ name, perSecond, peakPerSecond, source }): Figure[] => {
    const share = average.value > 0 ? perSecond / average.value : 0;
    const own: Figure = {
      ...told(`requests.${name}.share`, `share of ${name} in all requests`, share, "share"),
      source,
    };
    return [
      own,
      derivedFigure(told(`requests.${name}.average`, `${name}, on average`, perSecond, "per-second"), {
        formula: "average × share of the class",
        filled: `${rateText(average.value)} × ${shareText(share)}`,
        from: [average, own],
      }),
      derivedFigure(told(`requests.${name}.peak`, `${name}, at the peak`, peakPerSecond, "per-second"), {
        formula: "peak × share of the class",
        filled: `${rateText(peak.value)} × ${shareText(share)}`,
        from: [peak, own],
      }),
    ];
  });
}

function sum(classes: readonly ResolvedClass[], of: (one: ResolvedClass) => number): number {
  return classes.reduce((all, one) => all + of(one), 0);
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(one, other);
}
