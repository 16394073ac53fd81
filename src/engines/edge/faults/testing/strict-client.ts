import { RawClient } from "../../testing/servers.ts";

/** What to ask for. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  /** Default `1.1`. */
  readonly version?: "1.0" | "1.1";
}

/** What a client saw that takes nothing for granted. */
export interface Saw {
  /** 0 when there was no head. */
  readonly status: number;
  /** The name of the replica that answered; `edge`, when none did. */
  readonly by: string;
  /** As far as it came. */
  readonly body: string;
  /** Whether the answer's own framing says that it is whole. */
  readonly isWhole: boolean;
}

/** Asks once, over a connection of its own, and reads whatever comes until that ends. */
export async function askStrictly(port: number, asked: Asked = {}): Promise<Saw> {
  const { method = "GET", path = "/", body, version = "1.1" } = asked;
  await using client = new RawClient(port);
  const length = body === undefined ? "" : `Content-Length: ${body.length}\r\n`;
  client.send(
    `${method} ${path} HTTP/${version}\r\nHost: shop\r\nConnection: close\r\n${length}\r\n${body ?? ""}`,
  );
  const received = await client.toEnd();
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return { status: 0, by: "edge", body: received, isWhole: false };
  const head = received.slice(0, end);
  const framed = unframed(head, received.slice(end + 4), method, client.failure === undefined);
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
    by: /\r\nX-Replica: (\w+)/i.exec(head)?.[1] ?? "edge",
    ...framed,
  };
}

/** A body without its framing, and whether it is all of it; without any, the end of the connection tells, unless it is a reset. */
function unframed(head: string, rest: string, method: string, endedInOrder: boolean) {
  const length = /\r\nContent-Length: (\d+)/i.exec(head)?.[1];
  if (method === "HEAD") return { body: rest, isWhole: rest === "" };
  if (/\r\nTransfer-Encoding: chunked/i.test(head)) return withoutChunks(rest);
  if (length === undefined) return { body: rest, isWhole: endedInOrder };
  return { body: rest, isWhole: rest.length === Number(length) };
}

function withoutChunks(rest: string): { body: string; isWhole: boolean } {
  let body = "";
  let at = 0;
  for (;;) {
    const end = rest.indexOf("\r\n", at);
    const size = end < 0 ? Number.NaN : Number.parseInt(rest.slice(at, end), 16);
    if (size === 0) return { body, isWhole: rest.slice(end + 2) === "\r\n" };
    const chunk = rest.slice(end + 2, end + 2 + size);
    if (!(chunk.length === size)) return { body, isWhole: false };
    body += chunk;
    at = end + 2 + size + 2;
  }
}
