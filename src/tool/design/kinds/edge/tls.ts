import type { Place } from "../../check/place.ts";
import { choice, file, flag, list, readTable, type Table, text, time } from "../../check/readers.ts";
import type { TlsModel } from "../../edge-model.ts";
import type { Duration } from "../../quantities/duration.ts";

/** TLS that ends at the edge: certificates from files, or those of an authority for development, or both. */
export interface TlsOptions {
  /** The first is shown to clients that name no server, or an unknown one; others are chosen by their names. Read again when they change. */
  readonly certificates?: readonly CertificateFiles[] | undefined;
  /** Certificates are made on demand by an authority that is kept in the edge's part of the state: in development. */
  readonly local?: true | LocalAuthority | undefined;
  /** Default `"TLSv1.2"`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Asks clients for certificates. Default: none are asked for. */
  readonly clients?: ClientCertificates | undefined;
  /** For how long sessions can be resumed. 0 (never) to 1 day; default 2 h. */
  readonly session?: Duration | undefined;
}

/** PEM files, relative to the design file. */
export interface CertificateFiles {
  /** The certificate, then its intermediates. */
  readonly certificate: string;
  readonly key: string;
}

/** What the authority for development vouches for. */
export interface LocalAuthority {
  /** Names and addresses, `"*.shop.localhost"` too. Default `localhost`, `*.localhost`, `127.0.0.1` and `::1`. */
  readonly names?: readonly string[] | undefined;
}

/** Who may come. */
export interface ClientCertificates {
  /** A PEM file of authorities, relative to the design file. */
  readonly authority: string;
  /** Whether a client without a valid certificate is refused. Default true; else the service is told what there is. */
  readonly required?: boolean | undefined;
}

const WORDS = '"tls"';

/** Reads `tls`. Its files have to be there. */
export function readTls(place: Place, value: unknown, folder: string): TlsModel | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return { local: {} };
  const tls = readTable<TlsModel>(place, value, WORDS, tableOf(folder));
  if (typeof value === "object" && tls.local === undefined && !tls.certificates?.length) {
    place.problem(
      "TLS has no certificate",
      'Write tls: true for an authority of this machine, or certificates: [{ certificate: "a.pem", key: "a-key.pem" }].',
    );
  }
  return tls;
}

function tableOf(folder: string): Table<TlsModel> {
  return {
    certificates: [
      "certificates",
      list(
        (place, value) => readCertificate(place, value, folder),
        '[{ certificate: "a.pem", key: "a-key.pem" }]',
      ),
    ],
    local: [
      "local",
      (place, value) =>
        value === true
          ? {}
          : readTable<NonNullable<TlsModel["local"]>>(place, value, '"local"', {
              names: ["names", list(text("a name", "shop.localhost"), '["shop.localhost"]')],
            }),
    ],
    minVersion: ["minVersion", choice("TLSv1.2", "TLSv1.3")],
    clients: [
      "clients",
      (place, value) =>
        readTable<NonNullable<TlsModel["clients"]>>(
          place,
          value,
          '"clients"',
          { authorityFile: ["authority", file(folder, "people.pem")], required: ["required", flag] },
          ["authority"],
        ),
    ],
    sessionMs: ["session", time(0)],
  };
}

/** Reads two PEM files that belong together. */
export function readCertificate(
  place: Place,
  value: unknown,
  folder: string,
): { readonly certificateFile: string; readonly keyFile: string } {
  return readTable(
    place,
    value,
    "a certificate",
    { certificateFile: ["certificate", file(folder, "a.pem")], keyFile: ["key", file(folder, "a-key.pem")] },
    ["certificate", "key"],
  );
}
