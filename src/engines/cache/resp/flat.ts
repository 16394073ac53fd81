/**
 * The same byte string in one piece of memory. Joined strings are kept by the runtime as trees of their parts, which
 * weigh many times what their bytes do: whatever is put together here and then kept has to be made flat first.
 */
export function flat(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("latin1");
}
