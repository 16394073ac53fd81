/** Who reaches an address. Pure. */

/** Whether others than this machine reach what listens there: all but loopback (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3). */
export function isPublic(host: string): boolean {
  return host !== "localhost" && host !== "::1" && !/^(?:::ffff:)?127\./i.test(host);
}
