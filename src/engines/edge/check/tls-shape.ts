/** What a configuration may say of TLS. Files are read, and certificates judged, when TLS is opened: see `tls/`. Pure. */

import type {
  CertificateConfig,
  ClientCertificateConfig,
  ListenerTlsConfig,
  LocalAuthorityConfig,
  UpstreamTlsConfig,
} from "../config/index.ts";
import { addressBytes } from "../layer4/ip-address.ts";
import { isHostName, isHostPattern } from "../tls/certificate-names.ts";
import { choice, flag, list, milliseconds, path, record, type Shape, shown, wrong } from "./shape.ts";

/** More names than a certificate for development should have. */
const LOCAL_NAMES_MAX = 100;
const CERTIFICATE = '{ "certificateFile": "a.pem", "keyFile": "a-key.pem" }';

const certificate = record<CertificateConfig>(
  CERTIFICATE,
  { certificateFile: path("a.pem"), keyFile: path("a-key.pem") },
  ["certificateFile", "keyFile"],
);

const localName: Shape = (value, place) =>
  typeof value === "string" && (addressBytes(value) !== undefined || isHostPattern(value.toLowerCase()))
    ? []
    : [wrong(place, `is ${shown(value)}`, "write a host name, *.shop.localhost, or an address")];

const local = record<LocalAuthorityConfig>(
  '{ "folder": "authority" }',
  {
    folder: path("authority"),
    names: (value, place) =>
      Array.isArray(value) && value.length > LOCAL_NAMES_MAX
        ? [
            wrong(
              place,
              `has ${value.length} names`,
              `use up to ${LOCAL_NAMES_MAX}: a wildcard stands for many`,
            ),
          ]
        : list(localName, '["localhost"]', 1)(value, place),
  },
  ["folder"],
);

/** TLS that ends at the edge. */
export const listenerTls: Shape = record<ListenerTlsConfig>(
  `{ "certificates": [${CERTIFICATE}] }`,
  {
    certificates: list(certificate, `[${CERTIFICATE}]`),
    local,
    minVersion: choice("TLSv1.2", "TLSv1.3"),
    clients: record<ClientCertificateConfig>(
      '{ "authorityFile": "people.pem" }',
      { authorityFile: path("people.pem"), required: flag },
      ["authorityFile"],
    ),
    sessionMs: milliseconds(0),
  },
  [],
  ({ certificates = [], local: authority }, place) =>
    certificates.length > 0 || authority
      ? []
      : [
          wrong(
            place,
            "has no certificate",
            `write certificates, or local: { "folder": "authority" } in development`,
          ),
        ],
);

/** TLS to the endpoints of an upstream. */
export const upstreamTls: Shape = record<UpstreamTlsConfig>(
  '{ "serverName": "api.example.com" }',
  {
    serverName: (value, place) =>
      typeof value === "string" && isHostName(value.toLowerCase())
        ? []
        : [wrong(place, `is ${shown(value)}`, "write a host name, as in api.example.com")],
    authorityFile: path("authority.pem"),
    certificate,
    insecure: flag,
  },
  [],
);
