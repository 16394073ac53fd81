import type { AdminConfig } from "../config/index.ts";
import type { AdminServer, AdminServerOptions } from "./admin-server.ts";

/** A change of the server for operators that is not in force yet: exactly one of the two follows. */
export interface PreparedAdmin {
  /**
   * The configuration is in force: a server that it does not ask for takes no more connections, and has so long to give the
   * answers that it owes; among them may be that to whoever asked for the change.
   */
  commit(patienceMs: number): void;
  /** It is not to be. */
  discard(): Promise<void>;
}

/** The server for operators, as configurations ask for it: opened, given another token, moved and closed with them. */
export class Administration {
  readonly #options: AdminServerOptions;
  #server: AdminServer | undefined;
  /** Those that still owe answers. */
  readonly #former = new Set<AdminServer>();

  constructor(options: AdminServerOptions) {
    this.#options = options;
  }

  /** Where the server is, if there is one. */
  get port(): number | undefined {
    return this.#server?.port;
  }

  /** Opens what a configuration asks for, unless it is open. Rejects as `startAdmin` does, and calls must follow each other. */
  async prepare(config: AdminConfig | undefined): Promise<PreparedAdmin> {
    const before = this.#server;
    const server = config && (before?.serves(config) ? before : await this.#open(config));
    return {
      commit: (patienceMs) => {
        if (config) server?.useToken(config.token);
        this.#server = server;
        if (before && before !== server) this.#retire(before, patienceMs);
      },
      discard: async () => {
        if (server !== before) await server?.close();
      },
    };
  }

  /** Closes as `AdminServer.close` does. */
  async close(): Promise<void> {
    await Promise.all([this.#server, ...this.#former].map((server) => server?.close()));
  }

  async #open(config: AdminConfig): Promise<AdminServer> {
    // Loaded for those who ask for it: it brings all of node:http with it.
    const { startAdmin } = await import("./admin-server.ts");
    return startAdmin(config, this.#options);
  }

  #retire(server: AdminServer, patienceMs: number): void {
    this.#former.add(server);
    void server.close(patienceMs).then(() => this.#former.delete(server));
  }
}
