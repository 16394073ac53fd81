import type { EndpointStatus, UpstreamStatus } from "../upstream-status.ts";

/** An endpoint at rest, with whatever is to be otherwise. */
export function endpointStatus(more: Partial<EndpointStatus> = {}): EndpointStatus {
  return {
    id: "shop.1",
    host: "127.0.0.1",
    port: 4_001,
    weight: 1,
    state: "up",
    reason: "is new",
    since: 0,
    inFlight: 0,
    connections: 0,
    idle: 0,
    tunnels: 0,
    pending: 0,
    requests: 0,
    failures: 0,
    ...more,
  };
}

/** An upstream with that endpoint. */
export function upstreamStatus(more: Partial<UpstreamStatus> = {}): UpstreamStatus {
  return {
    name: "shop",
    panics: false,
    breaker: "none",
    requests: 0,
    pending: 0,
    endpoints: [endpointStatus()],
    ...more,
  };
}
