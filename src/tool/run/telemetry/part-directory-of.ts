import type { Attributes } from "../../../blocks/telemetry/otlp/model.ts";
import type { Clock } from "../../../blocks/time/index.ts";
import type { SystemModel } from "../../design/model.ts";
import { AddressBook, addressIn, type ListeningPart } from "./part-addresses.ts";
import type { PartDirectory, Sender } from "./part-directory.ts";

/** What names telemetry may bring: longer ones are cut. */
const NAME_LENGTH_MAX = 200;
/** How old what is known of addresses and replicas may be. */
const FRESH_MS = 1_000;
/** What a program is called that does not say (OpenTelemetry's "Resource semantic conventions"). */
const UNKNOWN = "unknown_service";

/**
 * The directory of a running system. `parts` gives its parts as they are now, in any order; they are asked again at most once a
 * second, since every span and every point of a metric asks here.
 */
export function partDirectory(
  model: SystemModel,
  parts: () => Iterable<ListeningPart>,
  clock: Clock,
): PartDirectory {
  const modelled = new Set(model.parts.map(({ name }) => name));
  let book = new AddressBook(parts());
  let readMs = clock.monotonicMs();
  const now = (): AddressBook => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readMs >= FRESH_MS) {
      book = new AddressBook(parts());
      readMs = nowMs;
    }
    return book;
  };
  const known = (name: string) => modelled.has(name) || now().has(name);

  return {
    senderOf(resource: Attributes): Sender {
      const name = textOf(resource["service.name"]) ?? UNKNOWN;
      const instance = textOf(resource["service.instance.id"]);
      // Its replica was named by the supervisor: that it calls itself otherwise, as programs with settings of their own do, or has an
      // instance id that its library made up, makes it no other process.
      const pid = resource["process.pid"];
      const replica =
        (instance === undefined ? undefined : now().replica(instance)) ??
        (typeof pid === "number" ? now().replicaOfProcess(pid) : undefined);
      if (replica && (!known(name) || replica.part === name)) return replica;
      return { part: name, replica: instance ?? name };
    },

    peerOf(attributes: Attributes): string | undefined {
      const said = attributes["trestle.peer"] ?? attributes["peer.service"];
      if (typeof said === "string" && known(said)) return said;
      const address = addressIn(attributes);
      return address && now().partAt(address.host, address.port);
    },
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return value.length > NAME_LENGTH_MAX ? value.slice(0, NAME_LENGTH_MAX) : value;
}
