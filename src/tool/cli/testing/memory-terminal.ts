import { SimulatedClock } from "../../../blocks/time/index.ts";
import type { EndSignal, Output, Terminal } from "../terminal.ts";

/** An output that keeps what is written. */
export class MemoryOutput implements Output {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  columns = 100;
  rows = 30;
  text = "";

  constructor(options: { isTerminal?: boolean; colour?: boolean } = {}) {
    this.isTerminal = options.isTerminal ?? false;
    this.colour = options.colour ?? false;
  }

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }

  write(text: string): void {
    this.text += text;
  }
}

/** A terminal in memory: its clock stands still, and its signals come when a test sends them. */
export class MemoryTerminal implements Terminal {
  readonly out: MemoryOutput;
  readonly err = new MemoryOutput();
  readonly clock = new SimulatedClock();
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly #closed = new AbortController();
  readonly #listeners = new Set<(signal: EndSignal) => void>();

  constructor(options: { out?: MemoryOutput; environment?: NodeJS.ProcessEnv; folder?: string } = {}) {
    this.out = options.out ?? new MemoryOutput();
    this.environment = options.environment ?? {};
    this.folder = options.folder ?? "/nowhere";
  }

  get outClosed(): AbortSignal {
    return this.#closed.signal;
  }

  onSignal(listener: (signal: EndSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many listen for signals: none when a command has ended. */
  get listeners(): number {
    return this.#listeners.size;
  }

  send(signal: EndSignal): void {
    for (const listener of [...this.#listeners]) listener(signal);
  }

  closeOut(): void {
    this.#closed.abort();
  }
}
