import type { UsesModel } from "../design/model.ts";
import type { Part } from "./part.ts";

/** The name of the variable that carries the URL of what a design calls `name`: `links` becomes `LINKS_URL`. */
export function urlVariable(name: string): string {
  return `${name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/-/g, "_")
    .toUpperCase()}_URL`;
}

/** What a program finds in its environment: what the supervisor has, what the design says, and a URL for each part that it uses. */
export function environmentFor(
  model: { readonly uses: UsesModel; readonly environment: Readonly<Record<string, string>> },
  parts: ReadonlyMap<string, Part>,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const urls: Record<string, string> = {};
  for (const [name, part] of Object.entries(model.uses)) {
    const url = parts.get(part)?.url;
    if (url !== undefined) urls[urlVariable(name)] = url;
  }
  return { ...inherited, ...model.environment, ...urls };
}
