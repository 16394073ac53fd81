import type { Answer } from "../answers.ts";
import type { RequestHead } from "../exchange/request-head.ts";
import type { Router } from "./router.ts";
import { originForm } from "./target.ts";

/** What becomes of a request by its head alone. */
export type Admission<Destination> =
  | { readonly kind: "admitted"; readonly to: Destination; readonly target: string }
  /** `ends`: what follows on the connection cannot be trusted. */
  | { readonly kind: "refused"; readonly answer: Answer; readonly ends: boolean };

/** Decides where a request goes, or why it goes nowhere, before a byte of it is sent. Pure. */
export function admit<Destination>(
  head: RequestHead,
  url: string,
  router: Router<Destination>,
  bodyBytesMax: number,
): Admission<Destination> {
  if (head.refusal) return refused(head.refusal, true);
  if (head.contentLength > bodyBytesMax) return refused({ code: "BODY_TOO_LARGE" }, true);
  const target = originForm(url, head.host);
  if (target === undefined) {
    const message = "The request's target names another host than its Host.";
    return refused({ code: "BAD_REQUEST", message }, true);
  }
  const routing = router.route(target);
  switch (routing.kind) {
    case "refused": {
      const message = `The request's target ${routing.problem}.`;
      return refused({ code: "AMBIGUOUS_TARGET", message }, false);
    }
    case "none":
      return refused({ code: "NO_ROUTE" }, false);
    case "routed":
      return { kind: "admitted", to: routing.to, target };
  }
}

function refused(answer: Answer, ends: boolean): Admission<never> {
  return { kind: "refused", answer, ends };
}
