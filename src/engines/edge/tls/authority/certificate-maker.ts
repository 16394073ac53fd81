import {
  createHash,
  createPublicKey,
  type KeyObject,
  randomBytes,
  webcrypto,
  type X509Certificate,
} from "node:crypto";
import type { Certificate, Extension, GeneralName, NameConstraints } from "pkijs";
import { addressBytes, addressText } from "../../layer4/ip-address.ts";

/** A certificate to be made: X.509 version 3 (RFC 5280), signed with ECDSA over P-256 and SHA-256. */
export interface CertificateOrder {
  readonly commonName: string;
  /** DNS names (`*.a.example` too), IP addresses and URIs, in the subject's alternative names. */
  readonly names: readonly string[];
  /** `"authority"`: signs others, but no authorities. */
  readonly usage: "authority" | "server" | "client";
  /** The key that the certificate is about; of a private one, its public half. */
  readonly key: KeyObject;
  /** Wall time; to the second. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Of an authority: names that it may vouch for, and no others of their kind. Default: all. */
  readonly permitted?: PermittedNames;
  /** Who signs. Default: the key itself. */
  readonly issuer?: { readonly certificate: X509Certificate; readonly key: KeyObject };
}

/** Name constraints (RFC 5280, section 4.2.1.10). */
export interface PermittedNames {
  /** Each stands for itself and for every name below it. */
  readonly domains: readonly string[];
  readonly networks: readonly Network[];
}

export interface Network {
  readonly address: string;
  /** 0 to 32, or to 128. */
  readonly prefixBits: number;
}

/** Makes a certificate, in PEM. The library that encodes it is loaded at the first call. */
export async function makeCertificate(order: CertificateOrder): Promise<string> {
  const { asn1, pki } = await library();
  const made = new pki.Certificate();
  made.version = 2;
  made.serialNumber = new asn1.Integer({ valueHex: serialNumber() });
  made.notBefore = timeOf(pki, order.notBeforeMs);
  made.notAfter = timeOf(pki, order.notAfterMs);
  nameIn(made.subject, order.commonName, asn1, pki);
  if (order.issuer) made.issuer = parsed(order.issuer.certificate, asn1, pki).subject;
  else nameIn(made.issuer, order.commonName, asn1, pki);
  const publicKey = derOf(order.key);
  made.subjectPublicKeyInfo = new pki.PublicKeyInfo({ schema: asn1.fromBER(publicKey).result });
  made.extensions = extensionsOf(order, publicKey, asn1, pki);
  await made.sign(await signingKey(order.issuer?.key ?? order.key), "SHA-256");
  const body = Buffer.from(made.toSchema(true).toBER(false)).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${body.replace(/.{64}(?!$)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

/** What an authority's certificate permits it to vouch for; `undefined`: everything. */
export async function permittedNamesOf(certificate: X509Certificate): Promise<PermittedNames | undefined> {
  const { asn1, pki } = await library();
  const extension = parsed(certificate, asn1, pki).extensions?.find((one) => one.extnID === NAME_CONSTRAINTS);
  const constraints = extension?.parsedValue as NameConstraints | undefined;
  if (!constraints) return undefined;
  const domains: string[] = [];
  const networks: Network[] = [];
  for (const { base } of constraints.permittedSubtrees ?? []) {
    if (base.type === DNS_NAME) domains.push(String(base.value));
    if (base.type === IP_ADDRESS) networks.push(networkOf(base.value.valueBlock.valueHexView));
  }
  return { domains, networks };
}

type Asn1 = typeof import("asn1js");
type Pki = typeof import("pkijs");

let loaded: Promise<{ asn1: Asn1; pki: Pki }> | undefined;

/** Loaded when a first certificate is made: it takes 18 MB and 30 ms, and most edges make none. */
function library(): Promise<{ asn1: Asn1; pki: Pki }> {
  loaded ??= Promise.all([import("asn1js"), import("pkijs")]).then(([asn1, pki]) => ({ asn1, pki }));
  return loaded;
}

// ---- names of X.509 ----

const COMMON_NAME = "2.5.4.3";
const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const NAME_CONSTRAINTS = "2.5.29.30";
const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

const DNS_NAME = 2;
const URI = 6;
const IP_ADDRESS = 7;

// ---- parts of a certificate ----

function extensionsOf(order: CertificateOrder, publicKey: Buffer, asn1: Asn1, pki: Pki): Extension[] {
  const made: Extension[] = [];
  const add = (extnID: string, critical: boolean, value: { toBER(sizeOnly?: boolean): ArrayBuffer }) =>
    made.push(new pki.Extension({ extnID, critical, extnValue: value.toBER(false) }));
  const isAuthority = order.usage === "authority";
  const constraints = isAuthority ? { cA: true, pathLenConstraint: 0 } : {};
  add(BASIC_CONSTRAINTS, true, new pki.BasicConstraints(constraints).toSchema());
  // Bits from the left: digitalSignature is the first, keyCertSign and cRLSign the sixth and seventh.
  const usage = isAuthority ? { bits: 0b0000_0110, unusedBits: 1 } : { bits: 0b1000_0000, unusedBits: 7 };
  const valueHex = new Uint8Array([usage.bits]).buffer;
  add(KEY_USAGE, true, new asn1.BitString({ valueHex, unusedBits: usage.unusedBits }));
  if (!isAuthority) {
    const keyPurposes = [order.usage === "server" ? SERVER_AUTH : CLIENT_AUTH];
    add(EXTENDED_KEY_USAGE, false, new pki.ExtKeyUsage({ keyPurposes }).toSchema());
  }
  const own = keyIdentifier(publicKey, asn1, pki);
  add(SUBJECT_KEY_IDENTIFIER, false, new asn1.OctetString({ valueHex: own }));
  const issuer = order.issuer ? keyIdentifier(derOf(order.issuer.key), asn1, pki) : own;
  const authority = new pki.AuthorityKeyIdentifier({
    keyIdentifier: new asn1.OctetString({ valueHex: issuer }),
  });
  add(AUTHORITY_KEY_IDENTIFIER, false, authority.toSchema());
  if (order.names.length > 0) {
    const altNames = order.names.map((name) => generalName(name, asn1, pki));
    add(SUBJECT_ALT_NAME, false, new pki.AltName({ altNames }).toSchema());
  }
  if (isAuthority && order.permitted)
    add(NAME_CONSTRAINTS, true, subtrees(order.permitted, asn1, pki).toSchema());
  return made;
}

function subtrees(permitted: PermittedNames, asn1: Asn1, pki: Pki): NameConstraints {
  const bases = permitted.domains.map((value) => new pki.GeneralName({ type: DNS_NAME, value }));
  for (const { address, prefixBits } of permitted.networks) {
    const bytes = addressBytes(address) ?? new Uint8Array();
    const block = new Uint8Array([...bytes, ...maskOf(bytes.length, prefixBits)]);
    const value = new asn1.OctetString({ valueHex: block.buffer });
    bases.push(new pki.GeneralName({ type: IP_ADDRESS, value }));
  }
  const permittedSubtrees = bases.map((base) => new pki.GeneralSubtree({ base }));
  return new pki.NameConstraints({ permittedSubtrees });
}

function maskOf(lengthBytes: number, prefixBits: number): Uint8Array {
  const mask = new Uint8Array(lengthBytes);
  for (let bit = 0; bit < prefixBits; bit++) mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return mask;
}

/** An address and its mask, of equal length, as text and as a count of bits. */
function networkOf(block: Uint8Array): Network {
  const half = block.length / 2;
  let prefixBits = 0;
  for (const byte of block.subarray(half)) prefixBits += byte.toString(2).replaceAll("0", "").length;
  return { address: addressText(block.subarray(0, half)), prefixBits };
}

function generalName(name: string, asn1: Asn1, pki: Pki): GeneralName {
  const address = addressBytes(name);
  if (address) {
    const value = new asn1.OctetString({ valueHex: new Uint8Array(address).buffer });
    return new pki.GeneralName({ type: IP_ADDRESS, value });
  }
  return new pki.GeneralName({ type: name.includes("://") ? URI : DNS_NAME, value: name });
}

function nameIn(target: Certificate["subject"], commonName: string, asn1: Asn1, pki: Pki): void {
  const value = new asn1.Utf8String({ value: commonName });
  target.typesAndValues.push(new pki.AttributeTypeAndValue({ type: COMMON_NAME, value }));
}

/** RFC 5280, section 4.1.2.5: dates from 2050 on have another form. */
function timeOf(pki: Pki, atMs: number): Certificate["notBefore"] {
  const value = new Date(Math.floor(atMs / 1_000) * 1_000);
  return new pki.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

/** RFC 5280, section 4.2.1.2, method 1: SHA-1 as a name for a key, not as a protection. */
function keyIdentifier(publicKey: Buffer, asn1: Asn1, pki: Pki): ArrayBuffer {
  const info = new pki.PublicKeyInfo({ schema: asn1.fromBER(publicKey).result });
  const digest = createHash("sha1").update(info.subjectPublicKey.valueBlock.valueHexView).digest();
  return new Uint8Array(digest).buffer;
}

/** Positive, 127 random bits: RFC 5280 allows up to 20 bytes. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.buffer;
}

function parsed(certificate: X509Certificate, asn1: Asn1, pki: Pki): Certificate {
  return new pki.Certificate({ schema: asn1.fromBER(certificate.raw).result });
}

function derOf(key: KeyObject): Buffer {
  const half = key.type === "private" ? createPublicKey(key) : key;
  return half.export({ type: "spki", format: "der" });
}

async function signingKey(key: KeyObject): Promise<Parameters<Certificate["sign"]>[0]> {
  const der = key.export({ type: "pkcs8", format: "der" });
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const imported = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  // The library knows keys as browsers do, where fewer usages have a name.
  return imported as Parameters<Certificate["sign"]>[0];
}
