import type { JSX } from "preact";
import { hrefOf, view } from "../state/address.ts";
import { Icon } from "../ui/icon.tsx";
import { VIEWS } from "./views.ts";

/** The list of views: at the left, or at the bottom of a narrow screen. */
export function Navigation(): JSX.Element {
  return (
    <nav class="nav" aria-label="Views">
      <ul class="nav-list">
        {VIEWS.map((one) => (
          <li key={one.id}>
            <a
              class="nav-link"
              href={hrefOf(one.id)}
              title={`${one.title} (g ${one.key})`}
              aria-keyshortcuts={`g ${one.key}`}
              {...(view.value === one.id ? { "aria-current": "page" } : {})}
            >
              <Icon name={one.icon} />
              <span class="nav-text nav-long">{one.title}</span>
              <span class="nav-text nav-short">{one.short ?? one.title}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
