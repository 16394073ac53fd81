/** Options of a design that can be set, as data: each by the field of the model that holds it. Pure. */

/** Options by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** One option. */
export interface Setting {
  /** The model's field. Default: that of the option's name. */
  readonly field?: string;
  /** Options of its own. */
  readonly within?: Settings;
  /** Names of the user's own come in between: `work.follow.time`. */
  readonly each?: Settings;
  /**
   * Whether a value may stand for the whole of one that has options of its own: `upstream.breaker=true`. A name: the value is that option's,
   * as with `retries=2` for `retries.attempts=2`.
   */
  readonly alone?: true | string;
  /** How a design writes what the model holds, where that is more than a number or a word. */
  readonly written?: (held: never) => unknown;
}

/** An option that has no options of its own, and that the model has by another name. */
export function held(field: string): Setting {
  return { field };
}

/**
 * The options by which a design would say what the model holds: those that the settings name, in base units. Reading them again gives
 * the same model.
 */
export function writtenOptions(model: object, settings: Settings): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const fields = new Map<string, unknown>(Object.entries(model));
  for (const [name, setting] of Object.entries(settings)) {
    const value = fields.get(setting.field ?? name);
    if (value !== undefined) options[name] = writtenOption(value, setting);
  }
  return options;
}

function writtenOption(value: unknown, { written, within, each }: Setting): unknown {
  if (written !== undefined) return written(value as never);
  if (typeof value !== "object" || value === null) return value;
  if (within !== undefined) return writtenOptions(value, within);
  if (each === undefined) return value;
  return Object.fromEntries(
    Object.entries<object>({ ...value }).map(([name, one]) => [name, writtenOptions(one, each)]),
  );
}
