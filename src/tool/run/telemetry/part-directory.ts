import type { Attributes } from "../../../blocks/telemetry/otlp/model.ts";

/** The parts of the running system, as telemetry names them. Answers are of this moment: replicas come and go. */
export interface PartDirectory {
  /**
   * Who sent something, by its resource: `service.name` is the part and `service.instance.id` the replica. A name that no part
   * has stands for itself, so that what an outside program sends is shown under its own name.
   */
  senderOf(resource: Attributes): Sender;
  /**
   * The part that a client span or a client's metric speaks of: by `trestle.peer`, else by `server.address` and `server.port` (or the
   * older `net.peer.name`, `net.peer.port`, `url.full`) where a part listens there. Undefined when no part does.
   */
  peerOf(attributes: Attributes): string | undefined;
}

export interface Sender {
  readonly part: string;
  /** The part's name when it is not said. */
  readonly replica: string;
}
