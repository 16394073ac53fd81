/** Where the system's telemetry arrives, and whereto it is sent on. */

export { type Forwarder, type ForwarderOptions, openForwarder } from "./forwarder.ts";
export { openReceiver, type Receiver, type ReceiverOptions, type ReceiverStatus } from "./receiver.ts";
