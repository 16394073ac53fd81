import type { JSX } from "preact";
import { isRefused } from "../state/key.ts";
import { Mark } from "./mark.tsx";

/** Stands instead of everything while there is no key: it tells nothing of the system, and how to come in. */
export function Locked(): JSX.Element {
  return (
    <main class="locked">
      <div class="locked-card">
        <Mark />
        <h1>{isRefused.value ? "The key to this console has changed" : "This console needs its key"}</h1>
        <p class="soft">
          {isRefused.value
            ? "The system was started anew since this page was opened, and each start has a key of its own."
            : "Whoever can open this page could stop the system, so it asks for a key that only this machine's user can read."}
        </p>
        <p>Run this in the folder of the design, and open the link that it prints:</p>
        <pre>
          <code>trestle console</code>
        </pre>
        <p class="faint">
          The link also stands in what <code>trestle up</code> printed.
        </p>
      </div>
    </main>
  );
}
