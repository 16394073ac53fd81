/** What a request says that it can be told apart by. Nothing is read before it is asked for. */
export interface RequestFacts {
  /** As far as it is believed: with trusted proxies in front, the one that they name. */
  readonly clientAddress: string;
  /** Whether the client came over TLS, to the edge or to a trusted proxy in front of it. */
  readonly overTls: boolean;
  /** The target without its query. */
  readonly path: string;
  /** The first value of a field, names compared without regard to case. */
  header(name: string): string | undefined;
  /**
   * The value of a cookie, names compared exactly (RFC 6265, section 5.4); of several with that name the one after
   * `skipped` others, by default the first.
   */
  cookie(name: string, skipped?: number): string | undefined;
  /** The first value of a query parameter as it came, percent-encoding and all; names are compared exactly. */
  query(name: string): string | undefined;
}

/** Where the facts of a request are taken from. */
export interface FactSources {
  readonly clientAddress: string;
  readonly overTls: boolean;
  /** In origin form. */
  readonly target: string;
  /** Names and values in turn, as `RequestMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[];
}

/** The facts of a request, read from its fields and target when asked for. Pure. */
export class FieldFacts implements RequestFacts {
  readonly #sources: FactSources;

  constructor(sources: FactSources) {
    this.#sources = sources;
  }

  get clientAddress(): string {
    return this.#sources.clientAddress;
  }

  get overTls(): boolean {
    return this.#sources.overTls;
  }

  get path(): string {
    const { target } = this.#sources;
    const mark = target.indexOf("?");
    return mark < 0 ? target : target.slice(0, mark);
  }

  header(name: string): string | undefined {
    const { rawHeaders } = this.#sources;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      if (isSameName(rawHeaders[at] ?? "", name)) return rawHeaders[at + 1];
    }
    return undefined;
  }

  /** Over all `Cookie` fields: HTTP/2 lets a client split the one into several (RFC 9113, section 8.2.3). */
  cookie(name: string, skipped = 0): string | undefined {
    const { rawHeaders } = this.#sources;
    let left = skipped;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      if (!isSameName(rawHeaders[at] ?? "", "cookie")) continue;
      const field = rawHeaders[at + 1] ?? "";
      for (let start = 0; ; ) {
        start = valueStart(field, name, start, ";");
        if (start < 0) break;
        const end = endOf(field, start, ";");
        if (left === 0) return field.slice(start, end).trimEnd();
        left -= 1;
        start = end + 1;
      }
    }
    return undefined;
  }

  query(name: string): string | undefined {
    const { target } = this.#sources;
    const mark = target.indexOf("?");
    if (mark < 0) return undefined;
    const start = valueStart(target, name, mark + 1, "&");
    return start < 0 ? undefined : target.slice(start, endOf(target, start, "&"));
  }
}

/**
 * Where the value of the first pair with this name begins, among `name=value` pairs from `from` on, where one begins;
 * -1 when there is none. Blanks in front of a name do not count.
 */
function valueStart(text: string, name: string, from: number, separator: string): number {
  for (let at = from; at < text.length; at = endOf(text, at, separator) + 1) {
    while (isBlank(text.charCodeAt(at))) at += 1;
    if (text.startsWith(name, at) && text.charCodeAt(at + name.length) === 0x3d) return at + name.length + 1;
  }
  return -1;
}

/** Where the pair ends that `at` is in. */
function endOf(text: string, at: number, separator: string): number {
  const end = text.indexOf(separator, at);
  return end < 0 ? text.length : end;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether two field names are the same but for the case of their letters. */
function isSameName(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) {
    const code = one.charCodeAt(at);
    const difference = code ^ other.charCodeAt(at);
    if (difference === 0) continue;
    const lower = code | 0x20;
    if (difference !== 0x20 || lower < 0x61 || lower > 0x7a) return false;
  }
  return true;
}
