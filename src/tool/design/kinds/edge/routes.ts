import { problemsOfAnswer } from "../../../../engines/edge/routing/action-problems.ts";
import { problemsOfRoutes } from "../../../../engines/edge/routing/route-problems.ts";
import type { Place } from "../../check/place.ts";
import {
  choice,
  flag,
  list,
  optionsOf,
  type Reader,
  readFields,
  readTable,
  share,
  size,
  type Table,
  text,
  texts,
  time,
} from "../../check/readers.ts";
import { notAPart, resolved } from "../../check/uses.ts";
import { isPlainObject, readList, readOptions, readText } from "../../check/values.ts";
import type {
  AnswerModel,
  RetriesModel,
  RewriteModel,
  RouteModel,
  ValueMatchModel,
} from "../../edge-model.ts";
import { isPart } from "../../part.ts";
import { shown } from "../../quantities/measure.ts";
import type { Need } from "../kind.ts";
import { stepsOf, tellProblem } from "./route-problem.ts";

/** More routes than a person would write. */
const ROUTES_MAX = 1_000;
const EXAMPLE = '[{ path: "/*", to: shortener }]';

/**
 * Reads routes, or a function that returns them. Units and parts are read here; what paths, hosts and templates may be is for the edge's own
 * check to say, so that a design and an edge never disagree about it.
 */
export function readRoutes(place: Place, value: unknown, needs: Need[]): readonly RouteModel[] {
  const given = readList(place, resolved(place, value), "a list of routes", EXAMPLE);
  if (given.length === 0 && Array.isArray(value)) {
    place.problem("the edge has no routes", `Write ${EXAMPLE}, for instance.`);
  }
  if (given.length > ROUTES_MAX) {
    place.problem(
      `the edge has ${given.length} routes`,
      `The most is ${ROUTES_MAX}: let prefixes such as "/api/*" do more.`,
    );
    return [];
  }
  const unread = new Set<number>();
  const routes = given.map((one, at) => {
    const before = place.problems;
    const route = readRoute(place.at(at), one, needs);
    if (place.problems > before) unread.add(at);
    return route;
  });
  for (const problem of problemsOfRoutes(routes, "routes", () => true)) {
    const found = { ...problem, place: problem.place.slice("routes".length) };
    const [at] = stepsOf(found.place);
    // Of a route that could not be read whole, enough is told.
    if (typeof at === "number" && !unread.has(at)) tellProblem(place, given, found);
  }
  return routes;
}

/** Reads an answer that stands alone, and all that may be wrong with it. */
export const readAnswer: Reader<AnswerModel> = (place, value) => {
  const before = place.problems;
  const model = answer(place, value);
  if (place.problems === before) {
    for (const problem of problemsOfAnswer(model, "")) tellProblem(place, value, problem);
  }
  return model;
};

const answer: Reader<AnswerModel> = (place, value) =>
  readTable<AnswerModel>(
    place,
    value,
    "an answer",
    { status: ["status", anyNumber], body: ["body", anyText], contentType: ["contentType", anyText] },
    ["status"],
  );

const anyNumber: Reader<number> = (place, value) => {
  if (typeof value !== "number")
    place.problem(`${shown(value)} is not a number`, "Write a number such as 503.");
  return typeof value === "number" ? value : 0;
};
/** Text that may be empty, and may hold whatever it likes. */
const anyText: Reader<string> = (place, value) => {
  if (typeof value !== "string") place.problem(`${shown(value)} is not text`, "Put it in quotes.");
  return typeof value === "string" ? value : "";
};
const readPath: Reader<string> = (place, value) => readText(place, value, "a path", "/*");

function readRoute(place: Place, value: unknown, needs: Need[]): RouteModel {
  const table = tableOf(needs);
  const options = readOptions(place, value, optionsOf(table), "a route");
  if (!isPlainObject(value)) return { path: "" };
  if (options.path === undefined) readPath(place.at("path"), undefined);
  if (["to", "redirect", "answer"].every((name) => options[name] === undefined)) {
    place
      .at("to")
      .problem("the route leads nowhere", 'Write to: with a service, as in { path: "/*", to: shortener }.');
  }
  return readFields<RouteModel>(place, options, table);
}

function tableOf(needs: Need[]): Table<RouteModel> {
  const target: Reader<string> = (place, value) => readTarget(place, value, needs);
  return {
    path: ["path", readPath],
    host: ["host", (place, value) => (Array.isArray(value) ? hosts(place, value) : host(place, value))],
    methods: ["methods", list(text("a method", "GET"), '["GET", "POST"]')],
    headers: ["headers", readMatches],
    query: ["query", readMatches],
    contentTypes: ["contentTypes", list(text("a media type", "application/json"), '["application/json"]')],
    name: ["name", text("a name", "orders")],
    to: [
      "to",
      (place, value) => (Array.isArray(value) ? readSplits(place, value, target) : target(place, value)),
    ],
    redirect: ["redirect", readRedirect],
    answer: ["answer", answer],
    rewrite: ["rewrite", readRewrite],
    mirror: ["mirror", (place, value) => readMirror(place, value, target)],
    timeouts: [
      "timeouts",
      (place, value) =>
        readTable<NonNullable<RouteModel["timeouts"]>>(place, value, "a route's timeouts", {
          responseMs: ["response", time(1)],
          totalMs: ["total", time(1)],
          idleMs: ["idle", time(1)],
        }),
    ],
    retries: ["retries", readRetries],
    bodyBytes: ["bodySize", size(0)],
  };
}

const host = text("a host", "api.example.com");
const hosts = list(host, '["api.example.com"]');

/** Reads a service, and notes that it is needed. */
export function readTarget(place: Place, value: unknown, needs: Need[]): string {
  if (!isPart(value)) {
    notAPart(place, value);
    return "";
  }
  if (value.kind !== "service") {
    place.problem(
      `"${value.name}" is a ${value.kind}, and a route leads to a service`,
      "Name the service that answers.",
    );
    return "";
  }
  needs.push({ part: value, place });
  return value.name;
}

function readSplits(place: Place, value: unknown, target: Reader<string>): NonNullable<RouteModel["to"]> {
  return list(
    (at, one) =>
      readTable<{ to: string; weight: number }>(
        at,
        one,
        "a share of a route",
        { to: ["to", target], weight: ["weight", anyNumber] },
        ["to", "weight"],
      ),
    "[{ to: shortener, weight: 95 }, { to: next, weight: 5 }]",
  )(place, value);
}

const readRedirect: Reader<NonNullable<RouteModel["redirect"]>> = (place, value) => {
  if (typeof value === "string") return { to: value };
  return readTable<NonNullable<RouteModel["redirect"]>>(
    place,
    value,
    "a redirect",
    { to: ["to", anyText], status: ["status", choice(301, 302, 303, 307, 308)] },
    ["to"],
  );
};

const readRewrite: Reader<RewriteModel> = (place, value) =>
  typeof value === "string"
    ? { path: value }
    : readTable<RewriteModel>(place, value, "a rewrite", {
        path: ["path", anyText],
        host: ["host", anyText],
        requestHeaders: ["requestHeaders", texts],
        responseHeaders: ["responseHeaders", texts],
      });

function readMirror(place: Place, value: unknown, target: Reader<string>): NonNullable<RouteModel["mirror"]> {
  if (!isPlainObject(value) || isPart(value)) return { to: target(place, value) };
  return readTable<NonNullable<RouteModel["mirror"]>>(
    place,
    value,
    "a mirror",
    { to: ["to", target], share: ["share", share("some")] },
    ["to"],
  );
}

const readRetries: Reader<RetriesModel> = (place, value) =>
  typeof value === "number"
    ? { attempts: value }
    : readTable<RetriesModel>(place, value, "retries", {
        attempts: ["attempts", anyNumber],
        perTryMs: ["perTry", time(1)],
        statuses: ["statuses", list(anyNumber, "[502, 503]")],
        idempotent: ["idempotent", flag],
      });

/** Conditions by name, in the order in which they are written. */
function readMatches(place: Place, value: unknown): readonly ValueMatchModel[] {
  if (!isPlainObject(value)) {
    place.problem(`${shown(value)} does not name fields`, 'Write { "x-beta": "1" }, for instance.');
    return [];
  }
  return Object.entries(value).flatMap(([name, one]): ValueMatchModel[] => {
    if (one === undefined) return [];
    if (typeof one === "string") return [{ name, equals: one }];
    if (typeof one === "boolean") return [one ? { name } : { name, absent: true }];
    if (isPlainObject(one))
      return [
        {
          name,
          ...readTable<{ prefix?: string }>(place.at(name), one, "a condition", {
            prefix: ["prefix", anyText],
          }),
        },
      ];
    place
      .at(name)
      .problem(
        `${shown(one)} is no condition`,
        'Write the value, { prefix: "v2" }, true for any value, or false for none.',
      );
    return [];
  });
}
