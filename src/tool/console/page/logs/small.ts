import { useEffect, useState } from "preact/hooks";

const SMALL = "(max-width: 639px)";

/** Whether a line has no room for what stands before its text. */
export function useIsSmall(): boolean {
  const [isSmall, setSmall] = useState(() => matchMedia(SMALL).matches);
  useEffect(() => {
    const media = matchMedia(SMALL);
    const look = () => setSmall(media.matches);
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, []);
  return isSmall;
}
