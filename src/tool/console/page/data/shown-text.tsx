import type { JSX } from "preact";
import { hiddenLetters } from "../../model/hidden-letters.ts";

/** A text of anyone's: characters that are not seen, or turn the direction of writing, stand there by their names. */
export function ShownText({ text }: { readonly text: string }): JSX.Element {
  const pieces = hiddenLetters(text);
  if (pieces.length === 1 && !pieces[0]?.isHidden) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {pieces.map((piece, at) =>
        piece.isHidden ? (
          <span key={at} class="data-hidden">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}
