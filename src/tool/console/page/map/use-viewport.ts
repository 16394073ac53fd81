import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Extent, fitted, moved, revealing, type Viewport, zoomed } from "../../model/viewport.ts";

/** Under this scale the small print of a box is left out, and its name is written larger. */
const FAR = 0.62;
const UNSCALE_MAX = 2.4;
const MARGIN = 24;
/** A system of many parts is first shown no smaller than this. */
const SCALE_FIRST_MIN = 0.4;
/** A pointer that went farther than this moves the drawing; it does not click. */
const DRAG_PX = 5;

/** How the drawing is moved within its frame. */
export interface ViewportControl {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly stage: RefObject<HTMLDivElement | null>;
  /** By a factor, around the middle. */
  readonly zoom: (factor: number) => void;
  /** Shows all of it, however small; again whenever the frame or the drawing changes, until it is moved by hand. */
  readonly fit: () => void;
  readonly actualSize: () => void;
  /** Brings a rectangle of the drawing into sight. */
  readonly reveal: (box: Extent & { readonly x: number; readonly y: number }) => void;
  /** A rectangle of the drawing, in the frame's pixels. */
  readonly inFrame: (x: number, y: number) => { readonly x: number; readonly y: number };
}

/** Zoom and pan of a drawing: wheel with Ctrl, drag, pinch; a wheel alone moves it. Nothing of it renders anything. */
export function useViewport(
  drawing: Extent | undefined,
  /** What is to be seen first, where not all of it can. */
  first: { readonly x: number; readonly y: number } | undefined,
): ViewportControl {
  const frame = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const extent = useRef<Extent>({ width: 0, height: 0 });
  const focus = useRef(first);
  focus.current = first;
  const control = useMemo(() => makeControl(frame, stage, extent, focus), []);
  const width = drawing?.width ?? 0;
  const height = drawing?.height ?? 0;
  useEffect(() => {
    extent.current = { width, height };
    control.settle();
  }, [control, width, height]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const sizes = new ResizeObserver(control.settle);
    sizes.observe(element);
    const end = listen(element, control);
    return () => {
      sizes.disconnect();
      end();
    };
  }, [control]);
  return control;
}

type Control = ReturnType<typeof makeControl>;

function makeControl(
  frame: RefObject<HTMLDivElement | null>,
  stage: RefObject<HTMLDivElement | null>,
  extent: { readonly current: Extent },
  focus: { readonly current: { readonly x: number; readonly y: number } | undefined },
) {
  let now: Viewport = { x: 0, y: 0, scale: 1 };
  /** Moved by hand: it is not put back into place by itself then. */
  let isOwn = false;
  let least = SCALE_FIRST_MIN;
  const size = (): Extent => ({
    width: frame.current?.clientWidth ?? 0,
    height: frame.current?.clientHeight ?? 0,
  });
  const show = (next: Viewport) => {
    now = next;
    if (stage.current) {
      stage.current.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    }
    if (!frame.current) return;
    frame.current.dataset.zoom = next.scale < FAR ? "far" : "near";
    // What is still written from afar is written larger, as far as the boxes have room for it.
    frame.current.style.setProperty("--unscale", String(Math.min(UNSCALE_MAX, 1 / next.scale).toFixed(2)));
  };
  const own = (next: Viewport) => {
    isOwn = true;
    show(next);
  };
  const settle = () => {
    if (size().width === 0 || extent.current.width === 0) return;
    if (isOwn) show(moved(now, 0, 0, extent.current, size()));
    else show(fitted(extent.current, size(), size().width < 480 ? MARGIN / 2 : MARGIN, least, focus.current));
  };
  return {
    frame,
    stage,
    settle,
    pan: (byX: number, byY: number) => own(moved(now, byX, byY, extent.current, size())),
    zoomAt: (factor: number, at: { readonly x: number; readonly y: number }) =>
      own(moved(zoomed(now, factor, at), 0, 0, extent.current, size())),
    zoom: (factor: number) => own(zoomed(now, factor, { x: size().width / 2, y: size().height / 2 })),
    fit: () => {
      isOwn = false;
      least = 0;
      settle();
    },
    actualSize: () => own(zoomed(now, 1 / now.scale, { x: size().width / 2, y: size().height / 2 })),
    reveal: (box: Extent & { readonly x: number; readonly y: number }) => {
      const next = revealing(now, box, size(), MARGIN / 2);
      if (next.x !== now.x || next.y !== now.y) own(next);
    },
    inFrame: (x: number, y: number) => ({ x: now.x + x * now.scale, y: now.y + y * now.scale }),
    /** Whether there is more of the drawing than the frame shows. */
    isLarger: () =>
      extent.current.width * now.scale > size().width || extent.current.height * now.scale > size().height,
  };
}

function listen(element: HTMLElement, control: Control): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let startedAt: { x: number; y: number } | undefined;
  let isDragging = false;
  const place = (event: { clientX: number; clientY: number }) => {
    const frame = element.getBoundingClientRect();
    return { x: event.clientX - frame.x, y: event.clientY - frame.y };
  };
  const onWheel = (event: WheelEvent) => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      control.zoomAt(Math.exp(-event.deltaY * unit * 0.004), place(event));
    } else if (control.isLarger()) {
      event.preventDefault();
      control.pan(-event.deltaX * unit, -event.deltaY * unit);
    }
  };
  const onDown = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && event.button > 1) return;
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) {
      startedAt = place(event);
      isDragging = false;
    }
  };
  const onMove = (event: PointerEvent) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const next = place(event);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!isDragging) {
      const far = startedAt && Math.hypot(next.x - startedAt.x, next.y - startedAt.y) > DRAG_PX;
      if (!far && !other) return;
      isDragging = true;
      element.setPointerCapture(event.pointerId);
      element.dataset.dragging = "";
    }
    pointers.set(event.pointerId, next);
    if (!other) {
      control.pan(next.x - last.x, next.y - last.y);
      return;
    }
    const before = Math.hypot(last.x - other.x, last.y - other.y);
    const after = Math.hypot(next.x - other.x, next.y - other.y);
    if (before > 0) control.zoomAt(after / before, { x: (next.x + other.x) / 2, y: (next.y + other.y) / 2 });
    control.pan((next.x - last.x) / 2, (next.y - last.y) / 2);
  };
  const onUp = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    if (pointers.size > 0) return;
    delete element.dataset.dragging;
    startedAt = undefined;
  };
  const onClick = (event: MouseEvent) => {
    // The end of a drag over a part is no click on it.
    if (isDragging) {
      event.preventDefault();
      event.stopPropagation();
    }
    isDragging = false;
  };
  element.addEventListener("wheel", onWheel, { passive: false });
  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", onUp);
  element.addEventListener("click", onClick, { capture: true });
  return () => {
    element.removeEventListener("wheel", onWheel);
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", onUp);
    element.removeEventListener("click", onClick, { capture: true });
  };
}
