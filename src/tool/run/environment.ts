import type { UsesModel } from "../design/model.ts";
import { urlVariable } from "../design/names.ts";
import type { Part } from "./part.ts";
import { openTelemetryVariables, type TelemetryTarget } from "./telemetry/telemetry-target.ts";

/** A program, as far as its environment goes. */
export interface Program {
  readonly name: string;
  readonly uses: UsesModel;
  readonly environment: Readonly<Record<string, string>>;
}

/** Names of variables by which an SDK is told where to send, and what to show there. */
const EXPORTER = /^OTEL_EXPORTER_OTLP_/;

/**
 * What a program finds in its environment: what the supervisor has, where its telemetry goes, what the design says, and a URL for each
 * part that it uses.
 */
export function environmentFor(
  { name, uses, environment }: Program,
  parts: ReadonlyMap<string, Part>,
  inherited: NodeJS.ProcessEnv,
  telemetry?: { readonly target: TelemetryTarget; readonly replica: string },
): NodeJS.ProcessEnv {
  const urls: Record<string, string> = {};
  for (const [use, part] of Object.entries(uses)) {
    const found = parts.get(part);
    const url = found?.urlFor?.(name) ?? found?.url;
    if (url !== undefined) urls[urlVariable(use)] = url;
  }
  if (!telemetry) return { ...inherited, ...environment, ...urls };
  const base = Object.fromEntries(Object.entries(inherited).filter(([variable]) => !EXPORTER.test(variable)));
  const own = openTelemetryVariables(telemetry.target, name, telemetry.replica);
  // A design that sends its telemetry elsewhere is not to show the receiver's key there.
  const endsElsewhere = Object.keys(environment).some((variable) =>
    /^OTEL_EXPORTER_OTLP_.*ENDPOINT$/.test(variable),
  );
  if (endsElsewhere)
    for (const variable of Object.keys(own)) if (EXPORTER.test(variable)) delete own[variable];
  return { ...base, ...own, ...environment, ...urls };
}
