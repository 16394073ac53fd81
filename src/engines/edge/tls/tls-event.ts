/** What the TLS of an edge tells about its files. */
export type TlsEvent =
  /** Changed files are in force for all connections that begin. */
  | { readonly type: "tls-reloaded"; readonly file: string; readonly names: readonly string[] }
  /** Changed files cannot be used, and those before them stay in force. `reason` names the mend. */
  | { readonly type: "tls-refused"; readonly file: string; readonly reason: string }
  /** A certificate in force runs out soon, or has (`leftMs` is 0 or less); told again every 12 hours. */
  | {
      readonly type: "tls-expiring";
      readonly file: string;
      readonly names: readonly string[];
      readonly validToMs: number;
      readonly leftMs: number;
    };

/** Who hears of it. */
export type TlsReport = (event: TlsEvent) => void;
