import { connect, type Socket } from "node:net";
import { replyEnd } from "./reply-end.ts";

/** A request as it stands on the wire; arguments are byte strings. */
export function encodeRequest(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`;
}

/** A client that shows answers byte by byte, as they come. For tests. */
export class RawClient {
  readonly socket: Socket;
  #received = "";
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
      this.#wake();
    });
    socket.on("close", () => this.#wake());
    socket.on("error", () => this.#wake());
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** Sends bytes as they are. */
  send(bytes: string): void {
    this.socket.write(bytes, "latin1");
  }

  /** The answer to one command. */
  async ask(...args: string[]): Promise<string> {
    const [answer = ""] = await this.askAll([args]);
    return answer;
  }

  /** The answers to many commands, sent in one go. */
  async askAll(commands: readonly (readonly string[])[]): Promise<string[]> {
    this.send(commands.map(encodeRequest).join(""));
    const answers: string[] = [];
    while (answers.length < commands.length) answers.push(await this.next());
    return answers;
  }

  /** The next answer. Fails when the connection closes first. */
  async next(): Promise<string> {
    for (;;) {
      const end = replyEnd(this.#received, 0);
      if (end >= 0) {
        const answer = this.#received.slice(0, end);
        this.#received = this.#received.slice(end);
        return answer;
      }
      if (this.socket.destroyed || this.socket.readableEnded)
        throw new Error(`closed after ${JSON.stringify(this.#received)}`);
      await this.#more();
    }
  }

  /** Everything that comes until the server closes the connection. */
  async rest(): Promise<string> {
    while (!this.socket.destroyed && !this.socket.readableEnded) await this.#more();
    return this.#received;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
