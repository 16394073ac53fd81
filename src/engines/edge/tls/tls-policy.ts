import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";

/**
 * What is spoken at all: TLS 1.3, and of TLS 1.2 the suites with forward secrecy and authenticated encryption (Mozilla's
 * "intermediate" list without its finite-field ones). All are strong, so the client's order counts: it knows whether it has
 * hardware for AES.
 */
const SUITES = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** Options of every context, on either side. Compression is off in Node's OpenSSL, and early data is not offered. */
export const COMMON_POLICY: SecureContextOptions = {
  ciphers: SUITES,
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  honorCipherOrder: false,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
};

/** The same, without session tickets. */
export const NO_TICKETS = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET;
