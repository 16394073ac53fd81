import type { Answer } from "../answers.ts";
import type { RequestHead } from "../exchange/request-head.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { hostName, isHostName } from "./host-name.ts";
import type { RouteTable } from "./route-table.ts";
import { originForm } from "./target.ts";

/** What becomes of a request by its head alone. */
export type Admission<Upstream> =
  /** `target`: in origin form (or `*`), as it came. */
  | { readonly kind: "admitted"; readonly to: CompiledRoute<Upstream>; readonly target: string }
  /** `ends`: what follows on the connection cannot be trusted. */
  | { readonly kind: "refused"; readonly answer: Answer; readonly ends: boolean };

/**
 * Decides where a request goes, or why it goes nowhere, before a byte of it is sent. `bodyBytesMax` holds for routes that have
 * no bound of their own. Pure.
 */
export function admit<Upstream>(
  head: RequestHead,
  url: string,
  routes: RouteTable<CompiledRoute<Upstream>>,
  bodyBytesMax: number,
): Admission<Upstream> {
  if (head.refusal) return refused(head.refusal, true);
  const target = originForm(url, head.host, head.method);
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
    case "routed": {
      const { to } = routing;
      if (head.contentLength > (to.bodyBytes ?? bodyBytesMax))
        return refused({ code: "BODY_TOO_LARGE" }, true);
      if (to.needsHost && !isHostName(hostName(head.host))) {
        return refused({ code: "BAD_REQUEST", message: "The request's Host is no host name." }, false);
      }
      return { kind: "admitted", to, target };
    }
  }
}

function refused(answer: Answer, ends: boolean): Admission<never> {
  return { kind: "refused", answer, ends };
}
