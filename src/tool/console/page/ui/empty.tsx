import type { ComponentChildren, JSX } from "preact";
import type { ApiError } from "../../model/api-error.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

/** Stands where there is nothing to show: says why, and what would bring something. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      {icon && <Icon name={icon} size={24} />}
      <p class="empty-title">{title}</p>
      {children && <div class="empty-text">{children}</div>}
    </div>
  );
}

/** Stands where something could not be had. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: ApiError;
  readonly onRetry?: () => void;
}): JSX.Element {
  return (
    <div class="empty empty-failure" role="alert">
      <Icon name="warn" size={20} />
      <p class="empty-title">{error.message}</p>
      {onRetry && (
        <Button icon="restart" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Grey bars where something is on its way, after a moment, so that what comes at once does not flicker. */
export function Loading({ lines = 3 }: { readonly lines?: number }): JSX.Element {
  return (
    <div class="loading" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="loading-bar" />
      ))}
    </div>
  );
}
