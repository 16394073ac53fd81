import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { messageOf } from "../../../blocks/errors/index.ts";
import type { Row, SqlConnection } from "../connection.ts";
import { SqlError, SqlQueryError } from "../errors.ts";
import {
  decodeAuthentication,
  decodeColumns,
  decodeComplaint,
  decodeRow,
  encodeCopyFail,
  encodeQuery,
  encodeSaslInitial,
  encodeSaslResponse,
  encodeStartup,
  encodeTerminate,
  MessageReader,
  type ServerMessage,
} from "./messages.ts";
import { ScramExchange } from "./scram.ts";

/** Whom to talk to, and as whom. */
export interface SessionOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Ends the session at once, whatever it does. */
  readonly signal?: AbortSignal;
}

/** What is kept of an answer; a statement of a migration may return any number of rows, and nobody reads them. */
const ROWS_KEPT = 1_000;

/** How long a server may take to end a session. */
const GOODBYE_MS = 1_000;

/**
 * A session with a PostgreSQL server on this machine: SCRAM-SHA-256 and simple queries, one at a time, no TLS.
 *
 * It exists beside the `pg` library because the supervisor lives as long as the system does: `pg` costs it 11 MB and 50 ms
 * for a handful of statements at the start.
 */
export class Session implements SqlConnection {
  readonly #socket: Socket;
  readonly #messages: AsyncIterator<ServerMessage>;
  readonly #stopListening: () => void;

  /** Connects and logs in. Throws `CONNECTION_FAILED`, `PROTOCOL`, or `QUERY_FAILED` when the server refuses. */
  static async open(options: SessionOptions): Promise<Session> {
    options.signal?.throwIfAborted();
    const session = new Session(
      connect({ host: options.host, port: options.port, noDelay: true }),
      options.signal,
    );
    try {
      await session.#logIn(options);
      return session;
    } catch (thrown) {
      session.#stopListening();
      session.#socket.destroy();
      throw thrown;
    }
  }

  private constructor(socket: Socket, signal: AbortSignal | undefined) {
    this.#socket = socket;
    // The iterator reports errors; this listener is for those after its end.
    socket.on("error", () => {});
    const onAbort = () => socket.destroy(new SqlError("CONNECTION_FAILED", messageOf(signal?.reason)));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#stopListening = () => signal?.removeEventListener("abort", onAbort);
    this.#messages = messagesOf(socket);
  }

  async query(sql: string): Promise<Row[]> {
    this.#socket.write(encodeQuery(sql));
    const rows: Row[] = [];
    let columns: string[] = [];
    let refused: SqlQueryError | undefined;
    for (;;) {
      const { type, body } = await this.#next();
      if (type === "T") columns = decodeColumns(body);
      else if (type === "D" && rows.length < ROWS_KEPT) rows.push(decodeRow(body, columns));
      else if (type === "E") refused ??= new SqlQueryError(decodeComplaint(body));
      else if (type === "G") this.#socket.write(encodeCopyFail("there is no input to copy from"));
      else if (type === "Z") break;
    }
    if (refused) throw refused;
    return rows;
  }

  async close(): Promise<void> {
    this.#stopListening();
    if (this.#socket.destroyed) return;
    // Until the server has let go: one that is told to stop in this moment would log a session that it had to break off.
    this.#socket.setTimeout(GOODBYE_MS, () => this.#socket.destroy());
    this.#socket.end(encodeTerminate());
    try {
      while (!(await this.#messages.next()).done);
    } catch {
      // Lost instead of ended: the same to us.
    }
    this.#socket.destroy();
  }

  async #logIn(options: SessionOptions): Promise<void> {
    const { user, database, password } = options;
    const parameters = { user, database, application_name: "trestle", client_encoding: "UTF8" };
    this.#socket.write(encodeStartup(parameters));
    const scram = new ScramExchange({ password, nonce: randomBytes(18).toString("base64") });
    let proven = false;
    for (;;) {
      const { type, body } = await this.#next();
      if (type === "E") throw new SqlQueryError(decodeComplaint(body));
      if (type === "Z") break;
      if (type !== "R") continue;
      const { kind, rest } = decodeAuthentication(body);
      if (kind === 10) this.#socket.write(encodeSaslInitial("SCRAM-SHA-256", scram.first()));
      else if (kind === 11) this.#socket.write(encodeSaslResponse(scram.final(rest.toString())));
      else if (kind === 12) {
        scram.verify(rest.toString());
        proven = true;
      } else if (kind !== 0) {
        throw new SqlError("PROTOCOL", "the server asks for another authentication than SCRAM-SHA-256");
      }
    }
    // A server that lets everyone in proves nothing of itself: it may be anybody's who took the port.
    if (!proven) throw new SqlError("PROTOCOL", "the server lets us in without asking for the password");
  }

  async #next(): Promise<ServerMessage> {
    let step: IteratorResult<ServerMessage>;
    try {
      step = await this.#messages.next();
    } catch (thrown) {
      if (thrown instanceof SqlError) throw thrown;
      throw new SqlError("CONNECTION_FAILED", `the connection to PostgreSQL failed: ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
    if (step.done) throw new SqlError("CONNECTION_FAILED", "PostgreSQL closed the connection");
    return step.value;
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<ServerMessage> {
  const reader = new MessageReader();
  for await (const chunk of socket) yield* reader.push(chunk);
}
