import type { Random } from "../../../time/index.ts";

/** Draws from the runtime's cryptographic generator (Web Crypto): for secrets, not for hot paths. */
export const secretRandom: Random = () => {
  const [word = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return word / 4_294_967_296;
};
