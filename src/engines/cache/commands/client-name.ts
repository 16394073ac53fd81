import type { Session } from "../core/index.ts";

/** Names a connection, an empty name taking the old one away. False when the name is refused, and the client was told. */
export function setClientName(session: Session, name: string): boolean {
  if (isPrintableWord(name)) {
    session.name = name;
    return true;
  }
  session.reply.error("ERR Client names cannot contain spaces, newlines or special characters.");
  return false;
}

/** Whether every byte is a visible ASCII character, so that lists of clients stay readable. */
export function isPrintableWord(text: string): boolean {
  return /^[!-~]*$/.test(text);
}
