import type { JSX } from "preact";
import { beginningOf, visiblePieces } from "../../model/visible-text.ts";

/**
 * Text from anywhere, harmless: what cannot be seen or changes the direction is written out, what was searched for is marked, and no more of it is
 * shown than `lengthMax` characters (default 2,000).
 */
export function VisibleText({
  text,
  marked,
  keepsLines = false,
  lengthMax = 2_000,
}: {
  readonly text: string;
  /** In lower case. */
  readonly marked?: readonly string[];
  readonly keepsLines?: boolean;
  readonly lengthMax?: number;
}): JSX.Element {
  const cut = beginningOf(text, lengthMax);
  return (
    <bdi class="visible-text">
      {visiblePieces(cut.text, marked, { keepsLines }).map((piece, at) => {
        // The pieces have no names, and are made anew together.
        if (piece.kind === "escape") {
          return (
            <span key={at} class="visible-escape">
              {piece.text}
            </span>
          );
        }
        return piece.kind === "match" ? <mark key={at}>{piece.text}</mark> : piece.text;
      })}
      {cut.leftOut > 0 && (
        <span class="visible-cut"> … {cut.leftOut.toLocaleString("en")} characters more</span>
      )}
    </bdi>
  );
}
