import type { Clock } from "../../../../blocks/time/index.ts";
import { RunError } from "../../errors.ts";
import type { Part } from "../../part.ts";
import { ENGINE_VIEWS } from "../../views/engine-views.ts";
import { actionsOf, perform, type Supervision, targetOf } from "../../views/part-actions.ts";
import type { ControlRoute } from "../route.ts";

/** How the routes find parts. */
export interface PartRoutesOptions {
  /** Throws `NO_SUCH_PART`. */
  readonly partOf: (name: string) => Part;
  readonly supervision: Supervision;
  readonly clock: Clock;
}

/** What can be done to parts, and the looks into them. */
export function partRoutes({ partOf, supervision, clock }: PartRoutesOptions): readonly ControlRoute[] {
  const viewOf = (part: Part) => ENGINE_VIEWS.find(({ kind }) => kind === part.kind);
  return [
    {
      method: "GET",
      path: "/v1/parts/:part/actions",
      answer: ({ parameter }) => ({
        json: { data: actionsOf(partOf(parameter("part")), supervision, clock) },
      }),
    },
    {
      method: "POST",
      path: "/v1/parts/:part/actions/:action",
      async answer({ parameter, body }) {
        const part = partOf(parameter("part"));
        const message = await perform(part, parameter("action"), await body(), supervision, clock);
        return { json: { message } };
      },
    },
    {
      method: "GET",
      path: "/v1/parts/:part/views",
      answer: ({ parameter }) => ({ json: { data: viewOf(partOf(parameter("part")))?.views ?? [] } }),
    },
    {
      method: "POST",
      path: "/v1/parts/:part/data/:verb",
      async answer({ parameter, body }) {
        const part = partOf(parameter("part"));
        const name = parameter("verb");
        const verbs = viewOf(part)?.verbs ?? {};
        const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
        if (!verb) {
          const known = Object.keys(verbs).join(", ") || "nothing";
          throw new RunError("NOT_POSSIBLE", `${part.name} cannot be asked for that: it knows ${known}`);
        }
        return { json: await verb(targetOf(part, clock), await body()) };
      },
    },
  ];
}
