import { Command, type CommandLookup, type CommandSpec } from "./command.ts";

/** Finds commands by name, in capitals or small letters. */
export class CommandTable implements CommandLookup {
  readonly all: readonly Command[];
  readonly #byName = new Map<string, Command>();

  constructor(specs: readonly CommandSpec[]) {
    this.all = specs.map((spec) => new Command(spec));
    for (const command of this.all) {
      this.#byName.set(command.fullName, command);
      // Most clients send capitals: found without making small letters of them.
      this.#byName.set(command.fullName.toUpperCase(), command);
    }
  }

  find(name: string): Command | undefined {
    return this.#byName.get(name) ?? this.#byName.get(name.toLowerCase());
  }

  resolve(args: readonly string[]): Command | undefined {
    const command = this.find(args[0] ?? "");
    if (!command || command.subcommands.size === 0 || args.length < 2) return command;
    return command.subcommands.get((args[1] ?? "").toLowerCase());
  }
}
