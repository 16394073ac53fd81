/** What is read of a certificate, as `X509Certificate` shows it. */
export interface NamedCertificate {
  /** `DNS:a.example, IP Address:192.0.2.1`; an entry with odd characters is a string in JSON. */
  readonly subjectAltName?: string | undefined;
  /** A line for each attribute: `CN=a.example`. */
  readonly subject: string;
}

/**
 * The names that a certificate may be chosen by, in lower case: DNS names among the alternative names, and the common name only
 * where there are none (RFC 6125, section 6.4.4). What is no host name is left out. Pure.
 */
export function certificateNames({ subjectAltName, subject }: NamedCertificate): string[] {
  const names = new Set<string>();
  let hasDnsName = false;
  for (const { kind, value } of alternativeNames(subjectAltName ?? "")) {
    if (kind !== "DNS") continue;
    hasDnsName = true;
    const name = value.toLowerCase();
    if (isHostPattern(name)) names.add(name);
  }
  if (!hasDnsName) {
    const common = subject
      .split("\n")
      .findLast((line) => line.startsWith("CN="))
      ?.slice(3)
      .toLowerCase();
    if (common !== undefined && isHostPattern(common)) names.add(common);
  }
  return [...names];
}

/** One of a certificate's alternative names: `{ kind: "DNS", value: "a.example" }`. */
export interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/** Reads the list of alternative names that `X509Certificate.subjectAltName` gives. Pure. */
export function alternativeNames(text: string): AlternativeName[] {
  const found: AlternativeName[] = [];
  let at = 0;
  while (at < text.length) {
    const colon = text.indexOf(":", at);
    if (colon < 0) break;
    const kind = text.slice(at, colon);
    let end: number;
    let value: string | undefined;
    if (text[colon + 1] === '"') {
      end = closingQuote(text, colon + 2);
      value = unquoted(text.slice(colon + 1, end));
    } else {
      const comma = text.indexOf(", ", colon);
      end = comma < 0 ? text.length : comma;
      value = text.slice(colon + 1, end);
    }
    if (value !== undefined) found.push({ kind, value });
    at = end + 2;
  }
  return found;
}

/** Where the string that began before `from` is over, behind its quote. */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function unquoted(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

const LABELS = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** Whether it is a host name in lower case, in the letters of DNS (RFC 1123, and underscores, which are in use). Pure. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && LABELS.test(name);
}

/** A host name, or one behind `*.`, which stands for one label. Pure. */
export function isHostPattern(name: string): boolean {
  return isHostName(name.startsWith("*.") ? name.slice(2) : name);
}

/**
 * Compiles a choice by server name: the exact name wins, then a wildcard of one label (RFC 6125, section 6.4.3); of entries with
 * the same name the first. Case does not count. Pure.
 */
export function chooserByName<T>(
  entries: readonly { readonly names: readonly string[]; readonly value: T }[],
): (serverName: string) => T | undefined {
  const exact = new Map<string, T>();
  const byParent = new Map<string, T>();
  for (const { names, value } of entries) {
    for (const name of names) {
      const isWild = name.startsWith("*.");
      const [table, key] = isWild ? [byParent, name.slice(2)] : [exact, name];
      if (!table.has(key)) table.set(key, value);
    }
  }
  return (serverName) => {
    const name = serverName.toLowerCase();
    const found = exact.get(name);
    if (found !== undefined) return found;
    const dot = name.indexOf(".");
    return dot > 0 ? byParent.get(name.slice(dot + 1)) : undefined;
  };
}
