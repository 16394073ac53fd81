import type { Answer } from "../answers.ts";
import type { RequestHead } from "../exchange/request-head.ts";
import type { RouteTable } from "./route-table.ts";
import { originForm } from "./target.ts";

/** What becomes of a request by its head alone. */
export type Admission<Route> =
  | { readonly kind: "admitted"; readonly to: Route; readonly target: string }
  /** `ends`: what follows on the connection cannot be trusted. */
  | { readonly kind: "refused"; readonly answer: Answer; readonly ends: boolean };

/** Decides where a request goes, or why it goes nowhere, before a byte of it is sent. Pure. */
export function admit<Route>(
  head: RequestHead,
  url: string,
  routes: RouteTable<Route>,
  bodyBytesMax: number,
): Admission<Route> {
  if (head.refusal) return refused(head.refusal, true);
  if (head.contentLength > bodyBytesMax) return refused({ code: "BODY_TOO_LARGE" }, true);
  const target = originForm(url, head.host);
  if (target === undefined) {
    const message = "The request's target names another host than its Host.";
    return refused({ code: "BAD_REQUEST", message }, true);
  }
  const routing = routes.route(target, head);
  switch (routing.kind) {
    case "refused": {
      const message = `The request's target ${routing.problem}.`;
      return refused({ code: "AMBIGUOUS_TARGET", message }, false);
    }
    case "method-not-allowed":
      return refused({ code: "METHOD_NOT_ALLOWED", allow: routing.allow }, false);
    case "none":
      return refused({ code: "NO_ROUTE" }, false);
    case "routed":
      return { kind: "admitted", to: routing.to, target };
  }
}

function refused(answer: Answer, ends: boolean): Admission<never> {
  return { kind: "refused", answer, ends };
}
