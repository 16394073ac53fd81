import type { SystemModel } from "../model.ts";
import { isPart } from "../part.ts";
import { checkRequests } from "../requests.ts";
import { checkRequirements } from "../requirements.ts";
import type { System } from "../system.ts";
import { checkTelemetry } from "../telemetry.ts";
import { checkName } from "./names.ts";
import { type Finding, Place } from "./place.ts";
import { checkScaling, checkTogether } from "./together.ts";
import { notAPart } from "./uses.ts";
import { readList, readOptions } from "./values.ts";
import { type Surroundings, Walk } from "./walk.ts";

/**
 * Checks a system whole: every part that it names or that those refer to, each by itself and all together. The model is
 * only good when there are no findings.
 */
export function checkSystem(
  system: System,
  around: Surroundings,
): { model: SystemModel; findings: Finding[] } {
  const findings: Finding[] = [];
  const name = Place.call(findings, system.site, "").argument(0);
  checkName(name, system.name, "a system");
  const place = name.argument(1);
  const options = readOptions(
    place,
    system.options,
    ["requires", "requests", "telemetry", "parts"],
    "a system",
  );
  const walk = new Walk(findings, around);
  const at = place.at("parts");
  const parts = readList(at, options.parts, "a list of parts", "[front]");
  if (Array.isArray(options.parts) && parts.length === 0)
    at.problem("the system has no parts", "Name at least one: parts: [front].");
  parts.forEach((part, index) => {
    if (isPart(part)) walk.visit(part, at.at(index));
    else notAPart(at.at(index), part);
  });
  const requests = checkRequests(place.at("requests"), options.requests);
  for (const { part, place: at } of requests.named) walk.visit(part, at);
  checkTogether(walk.checked);
  const telemetry = checkTelemetry(place.at("telemetry"), options.telemetry);
  if (!telemetry) checkScaling(walk.checked);
  const model: SystemModel = {
    version: 1,
    name: system.name,
    requires: checkRequirements(place.at("requires"), options.requires),
    ...(requests.classes.length > 0 ? { requests: requests.classes } : {}),
    ...(telemetry ? { telemetry } : {}),
    parts: walk.checked.map((one) => one.model),
  };
  return { model, findings };
}
