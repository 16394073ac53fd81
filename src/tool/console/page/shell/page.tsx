import type { ComponentType, JSX } from "preact";
import { Component } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../model/api-error.ts";
import { view } from "../state/address.ts";
import { key } from "../state/key.ts";
import { connection, system } from "../state/live.ts";
import { paused, togglePause } from "../state/range.ts";
import { run } from "../state/run.ts";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { Toasts } from "../ui/toast.tsx";
import { Header } from "./header.tsx";
import { Locked } from "./locked.tsx";
import { Navigation } from "./navigation.tsx";
import { Overlays } from "./overlay.tsx";
import { leaveRun } from "./run-notice.ts";
import { useShortcuts } from "./shortcuts.ts";
import { VIEWS, type View } from "./views.ts";

/** The whole page: the header, the navigation, and the view that the address names. */
export function Page(): JSX.Element {
  const isUnlocked = key.value !== undefined;
  useShortcuts(isUnlocked);
  if (!isUnlocked) return <Locked />;
  return <Unlocked />;
}

function Unlocked(): JSX.Element {
  const found = VIEWS.find((one) => one.id === view.value);
  const place = useRef<HTMLElement>(null);
  const before = useRef(found);
  const title = [found?.title, system.value?.system, "Trestle"].filter(Boolean).join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
  // Who opens another view is put at its beginning; the first one is not taken from where the browser starts.
  useEffect(() => {
    if (before.current === found) return;
    before.current = found;
    scrollTo(0, 0);
    place.current?.focus({ preventScroll: true });
  }, [found]);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => place.current?.focus()}>
        Skip to the view
      </button>
      <Header />
      <Navigation />
      <main class="view" id="view" ref={place} tabIndex={-1} aria-label={found?.title ?? "Nothing"}>
        <Notices />
        {found ? <Loaded key={found.id} of={found} /> : <Empty icon="map" title="There is no such view" />}
      </main>
      <Overlays />
      <Toasts />
    </div>
  );
}

/** What is out of the ordinary about what is shown. */
function Notices(): JSX.Element {
  return (
    <>
      {connection.value === "lost" && (
        <p class="notice" role="status">
          <Icon name="warn" />
          <span>The supervisor does not answer: what is shown is what was known last. Trying again.</span>
        </p>
      )}
      {run.value !== undefined && (
        <p class="notice notice-plain" role="status">
          <Icon name="runs" />
          <span>
            Charts are of the earlier run <span class="mono">{run.value}</span>
          </span>
          <Button onClick={leaveRun}>Back to the present</Button>
        </p>
      )}
      {paused.value && (
        <p class="notice notice-plain" role="status">
          <Icon name="pause" />
          <span>Paused: what is shown stands still</span>
          <Button onClick={togglePause} keys="Space">
            Go on
          </Button>
        </p>
      )}
    </>
  );
}

const loaded = new Map<string, ComponentType>();

/** A view, which is fetched when it is first opened. */
function Loaded({ of }: { readonly of: View }): JSX.Element {
  const [Shown, setShown] = useState<{ readonly of?: ComponentType; readonly error?: ApiError }>(() => {
    const there = loaded.get(of.id);
    return there ? { of: there } : {};
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isHere = true;
    of.load().then(
      (component) => {
        loaded.set(of.id, component);
        if (isHere) setShown({ of: component });
      },
      () => {
        if (isHere) setShown({ error: new ApiError("NOT_LOADED", "This view could not be loaded", 0) });
      },
    );
    return () => {
      isHere = false;
    };
  }, [of, turn]);
  if (Shown.error) return <Failure error={Shown.error} onRetry={() => setTurn(turn + 1)} />;
  if (!Shown.of) return <Loading />;
  return (
    <Guarded>
      <Shown.of />
    </Guarded>
  );
}

/** Keeps a view that broke from taking the page with it. */
class Guarded extends Component<{ readonly children: JSX.Element }, { readonly broken?: ApiError }> {
  override componentDidCatch(error: unknown): void {
    const words = error instanceof Error ? error.message : String(error);
    this.setState({ broken: new ApiError("BROKEN", `This view broke: ${words}`, 0) });
  }

  override render(): JSX.Element {
    if (!this.state.broken) return this.props.children;
    return <Failure error={this.state.broken} onRetry={() => location.reload()} />;
  }
}
