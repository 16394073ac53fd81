import type { UsesModel } from "../design/model.ts";
import { urlVariable } from "../design/names.ts";
import type { Part } from "./part.ts";

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
