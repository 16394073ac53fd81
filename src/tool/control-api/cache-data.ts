/** What a look into a cache answers: `POST /v1/parts/NAME/data/VERB` of the view `cache-keys`. */

/** Asks for keys, by `keys`. */
export interface CacheKeysQuery {
  /** As the server's `SCAN … MATCH` has it, with `\xHH` for bytes that are no text. Default `*`. At most 512 characters. */
  readonly pattern?: string;
  /** `cursor` of the answer before; absent at the beginning. */
  readonly cursor?: string;
  /** About so many, 1 to 500. Default 100. */
  readonly count?: number;
}

/** Some of the keys. A key may come twice, as `SCAN` allows. */
export interface CacheKeysAnswer {
  readonly keys: readonly CacheKey[];
  /** Goes on from here; absent at the end. There may be keys behind it even when none was found before it. */
  readonly cursor?: string;
  /** How many keys the server holds, whatever their pattern; absent where it does not say. */
  readonly total?: number;
}

export interface CacheKey {
  /** Escaped: `\xHH` is a byte that is no printable text, `\\` a backslash. */
  readonly key: string;
  /** The server's own word: `string`, `hash`, `list`, `set`, `zset`, `stream`, or a module's. */
  readonly type: string;
  /** Absent of a key that does not expire. */
  readonly ttlMs?: number;
  /** What it takes of memory; absent where the server does not say. */
  readonly bytes?: number;
}

/** Asks for the value of a key, by `value`. */
export interface CacheValueQuery {
  /** Escaped, as it came. */
  readonly key: string;
  /** `next` of the answer before; absent at the beginning. */
  readonly offset?: string;
}

/** A value or one page of it, at most 64 KiB. */
export interface CacheValueAnswer extends CacheKey {
  /** How the server keeps it: `embstr`, `listpack`; absent where it does not say. */
  readonly encoding?: string;
  /** Bytes of a string, elements of the others; absent of a type that is not known here. */
  readonly length?: number;
  readonly page: CachePage;
  /** `offset` of the page behind this one; absent at the end. */
  readonly next?: string;
}

export type CachePage =
  /** Bytes from `from` on. */
  | { readonly shape: "text"; readonly from: number; readonly value: CacheText }
  | {
      readonly shape: "rows";
      /** `field` and `value`, `score` and `member` and so on. */
      readonly columns: readonly string[];
      readonly rows: readonly (readonly CacheText[])[];
      /** Elements of this page that had no room in the answer. */
      readonly leftOut: number;
    }
  /** A type that is not known here: of a module, or of a later server. */
  | { readonly shape: "unknown" };

/** Bytes, as they can be shown. */
export interface CacheText {
  /** Text, or hexadecimal digits of bytes that are none. */
  readonly text: string;
  readonly form: "text" | "hex";
  /** How many there are. More than are shown where it was cut. */
  readonly bytes: number;
  readonly isCut: boolean;
}

/** What the server says of itself, by `info`. */
export interface CacheInfoAnswer {
  /** Each absent where the server does not say. */
  readonly figures: CacheFigures;
  /** All that `INFO` says, by section. */
  readonly sections: readonly {
    readonly title: string;
    readonly fields: readonly (readonly [string, string])[];
  }[];
}

export interface CacheFigures {
  readonly version?: string;
  readonly uptimeMs?: number;
  /** Of the database that the URL names. */
  readonly keys?: number;
  /** Keys that expire. */
  readonly expiring?: number;
  readonly hits?: number;
  readonly misses?: number;
  readonly memoryBytes?: number;
  /** Absent where there is no bound. */
  readonly memoryBytesMax?: number;
  readonly policy?: string;
  readonly clients?: number;
  readonly commandsPerSecond?: number;
  readonly evicted?: number;
  readonly expired?: number;
}
