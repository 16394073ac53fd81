import type { PrimaryOptions } from "../../../engines/edge/workers/primary.ts";
import type { Terminal } from "../terminal.ts";
import { harmless } from "../text.ts";

/** What is told while it runs. */
export type EdgeNews =
  | Parameters<PrimaryOptions["report"]>[0]
  | { readonly type: "reloaded"; readonly file: string }
  | {
      readonly type: "refused";
      readonly file: string;
      readonly error: { readonly code: string; readonly message: string };
    };

/** Says it: as a line of JSON among the results, or to a person beside them. */
export function tell(news: EdgeNews, { json }: { readonly json: boolean }, { out, err }: Terminal): void {
  if (json) out.write(`${JSON.stringify(news)}\n`);
  else for (const line of wordsOf(news).split("\n")) err.write(`${harmless(line, err.colour)}\n`);
}

function wordsOf(news: EdgeNews): string {
  switch (news.type) {
    case "endpoint":
      return `${news.id} of ${news.upstream} is ${news.state}: ${news.reason}`;
    case "worker":
      return `worker ${news.worker} ${news.state === "ended" ? `${news.reason}; it is started again` : news.reason}`;
    case "reloaded":
      return `${news.file} is in force`;
    case "refused":
      return `${news.error.message}\nWhat was read of ${news.file} before stays in force.`;
    case "tls":
      return tlsWords(news.event);
  }
}

type TlsNews = Extract<EdgeNews, { type: "tls" }>["event"];

function tlsWords(event: TlsNews): string {
  switch (event.type) {
    case "tls-reloaded":
      return `${event.file} was read again, for ${event.names.join(", ")}`;
    case "tls-refused":
      return `${event.file} cannot be taken up, and what was there before stays in force: ${event.reason}`;
    case "tls-expiring":
      return `the certificate in ${event.file} ${event.leftMs > 0 ? "runs out soon" : "has run out"}: renew it`;
  }
}
