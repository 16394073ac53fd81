import { useEffect, useRef, useState } from "preact/hooks";

/** How long after the last key what was typed is taken for what was meant. */
const SETTLED_MS = 250;

/**
 * The text of a field that changes the address: typing is shown at once and taken over when it has settled; what changes the address meanwhile,
 * such as the way back, changes the field.
 */
export function useDraft(
  value: string,
  take: (value: string) => void,
): { readonly text: string; readonly type: (text: string) => void; readonly settle: () => void } {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const sent = useRef(value);
  const newest = useRef({ text, take });
  newest.current.take = take;
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    newest.current.text = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const settle = () => {
    clearTimeout(timer.current);
    if (newest.current.text === sent.current) return;
    sent.current = newest.current.text;
    newest.current.take(newest.current.text);
  };
  return {
    text,
    type: (next) => {
      newest.current.text = next;
      setText(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(settle, SETTLED_MS);
    },
    settle,
  };
}
