import type { Clock } from "../../../blocks/time/index.ts";
import type { ActionField, ActionInfo } from "../../control-api/index.ts";
import { RunError } from "../errors.ts";
import type { Part } from "../part.ts";
import type { EngineAction, ViewTarget } from "./engine-view.ts";
import { ENGINE_VIEWS } from "./engine-views.ts";
import { readFields, readText, readWhole } from "./fields.ts";

/** How actions reach what only the supervisor may do. */
export interface Supervision {
  scale(part: string, replicas: number): Promise<void>;
  restart(part: string): Promise<void>;
}

/** What can be done to a part now: what all parts of its shape can, and what its kind brings. */
export function actionsOf(part: Part, supervision: Supervision, clock: Clock): readonly ActionInfo[] {
  const target = targetOf(part, clock);
  return allActions(part, supervision).map((action) => action.info(target));
}

/** Does it. Throws `NOT_POSSIBLE` for what cannot be done to the part, and whatever hinders it. */
export async function perform(
  part: Part,
  id: string,
  fields: unknown,
  supervision: Supervision,
  clock: Clock,
): Promise<string> {
  const target = targetOf(part, clock);
  const action = allActions(part, supervision).find((one) => one.info(target).id === id);
  if (!action)
    throw new RunError("NOT_POSSIBLE", `${part.name} has no action ${JSON.stringify(id.slice(0, 60))}`);
  return await action.perform(target, fields);
}

/** A part as its view knows it. */
export function targetOf({ name, url, external }: Part, clock: Clock): ViewTarget {
  return { name, url, external, clock };
}

function allActions(part: Part, supervision: Supervision): readonly EngineAction[] {
  const ofKind = ENGINE_VIEWS.find(({ kind }) => kind === part.kind)?.actions ?? [];
  if (part.external) return ofKind;
  return [
    ...(part.scale ? [scaleAction(part, supervision)] : []),
    restartAction(supervision),
    ...(part.stopReplica ? [stopReplica(part), startReplica(part)] : []),
    killReplica(part),
    ...ofKind,
  ];
}

function scaleAction({ keepers, scaling }: Part, supervision: Supervision): EngineAction {
  const { min, max } = scaling ?? { min: 1, max: 100 };
  const further = scaling ? " Its load may change it again." : "";
  return {
    info: () => ({
      id: "scale",
      title: "Scale",
      description: `Sets the number of replicas, without a failed request.${further}`,
      fields: [{ name: "replicas", title: "Replicas", type: "count", value: keepers.length, min, max }],
    }),
    async perform({ name }, input) {
      const replicas = readWhole(readFields(input, ["replicas"]), "replicas", min, max);
      await supervision.scale(name, replicas);
      return `${name} has ${replicas} ${replicas === 1 ? "replica" : "replicas"}`;
    },
  };
}

function restartAction(supervision: Supervision): EngineAction {
  return {
    info: () => ({
      id: "restart",
      title: "Restart",
      description: "Starts its processes anew; those of a service and an edge without a failed request.",
      fields: [],
    }),
    async perform({ name }, input) {
      readFields(input, []);
      await supervision.restart(name);
      return `${name} was restarted`;
    },
  };
}

const REPLICA: ActionField = { name: "replica", title: "Replica", type: "replica" };

function stopReplica(part: Part): EngineAction {
  return {
    info: () => ({
      id: "stop-replica",
      title: "Stop a replica",
      description: "Takes it out of its edges, lets it answer what it has, and ends it. It stays stopped.",
      fields: [REPLICA],
    }),
    async perform(_target, input) {
      const replica = replicaOf(part, input);
      await part.stopReplica?.(replica);
      return `${replica} is stopped`;
    },
  };
}

function startReplica(part: Part): EngineAction {
  return {
    info: () => ({
      id: "start-replica",
      title: "Start a replica",
      description: "Starts one that was stopped.",
      fields: [REPLICA],
    }),
    async perform(_target, input) {
      const replica = replicaOf(part, input);
      await part.startReplica?.(replica);
      return `${replica} was started`;
    },
  };
}

function killReplica(part: Part): EngineAction {
  return {
    info: () => ({
      id: "kill-replica",
      title: part.keepers.length > 1 ? "Kill a replica" : "Kill its process",
      description: "Ends a process at once, as a crash would. It is started again by itself.",
      confirm: "Requests that it is answering are lost.",
      fields: [REPLICA],
    }),
    async perform(_target, input) {
      const replica = replicaOf(part, input);
      const child = part.keepers.find(({ job }) => job.id === replica)?.child;
      if (!child?.running) throw new RunError("NOT_POSSIBLE", `${replica} does not run`);
      child.crash();
      return `${replica} was killed`;
    },
  };
}

function replicaOf(part: Part, input: unknown): string {
  const replica = readText(readFields(input, ["replica"]), "replica", 100, part.keepers[0]?.job.id ?? "");
  if (part.keepers.some(({ job }) => job.id === replica)) return replica;
  throw new RunError("NOT_POSSIBLE", `${part.name} has no replica ${JSON.stringify(replica)}`);
}
