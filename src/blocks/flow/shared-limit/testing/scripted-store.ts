import type { RespStore } from "../resp-store.ts";

/** What a store does with one command: a reply, a refusal of the server, or silence. */
export type Reaction = { readonly reply: unknown } | { readonly refuse: string } | "silent";

/** A network with a server at its end that does as it is told, without limits of its own. */
export class ScriptedStore implements RespStore {
  /** Every command that was sent, with the key that it was sent by. */
  readonly sent: { readonly words: readonly string[]; readonly key: string }[] = [];
  /** What happens to the next ones, in order. */
  readonly next: Reaction[] = [];
  /** What happens to those after them. */
  otherwise: Reaction = "silent";
  readonly #waiting: ((reply: unknown) => void)[] = [];

  command(words: readonly string[], key: string): Promise<unknown> {
    this.sent.push({ words, key });
    const reaction = this.next.shift() ?? this.otherwise;
    if (reaction === "silent") return new Promise((resolve) => this.#waiting.push(resolve));
    return "reply" in reaction ? Promise.resolve(reaction.reply) : Promise.reject(new Error(reaction.refuse));
  }

  /** Answers everything that was met with silence, late. */
  answerLate(reply: unknown): void {
    for (const resolve of this.#waiting.splice(0)) resolve(reply);
  }
}

/** A script's answer to a take that was allowed. */
export function allowedReply(granted: number, remaining: number): Reaction {
  return { reply: `1 ${granted} 1 ${remaining} 5000 0 0 0 0` };
}

/** A script's answer to a take that was refused. */
export function refusedReply(retryAfterMs: number): Reaction {
  return { reply: `0 0 1 0 9000000 ${retryAfterMs * 1_000} 0 0 0` };
}
