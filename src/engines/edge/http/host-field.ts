const COLON = 0x3a;
const DOT = 0x2e;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const PORT_MAX = 65_535;

/** Of names: what RFC 3986 calls unreserved, and its sub-delims but the comma. */
const NAME = tableOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=");
/** Of addresses in brackets. */
const ADDRESS = tableOf("ABCDEFabcdef0123456789:.");

/**
 *     Host     = uri-host [ ":" port ]                    (RFC 9110, section 7.2; RFC 3986, section 3.2.2)
 *     uri-host = IPv6address in brackets / IPv4address / reg-name
 *
 * Whether a value of `Host` is one, and one that everybody reads alike. So it names a host: an empty one is refused. So do commas,
 * which some take for a list of hosts, percent signs, which some decode and some do not, whatever stands before an `@`, and ports that
 * are none. Pure.
 */
export function isHostField(value: string): boolean {
  const { length } = value;
  let at = 0;
  if (value.charCodeAt(0) === OPENING) {
    at = 1;
    while (ADDRESS[value.charCodeAt(at)] === 1) at += 1;
    if (at < 4 || value.charCodeAt(at) !== CLOSING) return false;
    at += 1;
  } else {
    while (NAME[value.charCodeAt(at)] === 1) at += 1;
    if (at === 0 || (at === 1 && value.charCodeAt(0) === DOT)) return false;
  }
  if (at === length) return true;
  return value.charCodeAt(at) === COLON && isPort(value, at + 1);
}

/** Whether nothing or a port follows: the grammar has `example.org:` too. */
function isPort(value: string, from: number): boolean {
  let port = 0;
  for (let at = from; at < value.length; at++) {
    const digit = value.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return false;
    port = port * 10 + digit;
    if (port > PORT_MAX) return false;
  }
  return true;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
