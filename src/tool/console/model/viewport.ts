/** How a drawing lies in its frame: a point of the drawing is at `x + point.x · scale` of the frame. Pure. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export const SCALE_MIN = 0.15;
export const SCALE_MAX = 2.5;
/** A drawing is not made larger than this to fill its frame: text of that size is for a poster. */
const FIT_MAX = 1.5;
/** So much of the drawing stays in sight, in pixels of the frame, however far it is moved. */
const IN_SIGHT = 80;

/**
 * Shows all of it in the middle, with a margin around. A drawing too large for `least` is not made smaller, so that it can still be read: it is
 * shown around `focus`, as far as that leaves no room empty.
 */
export function fitted(
  drawing: Extent,
  frame: Extent,
  margin: number,
  least = SCALE_MIN,
  focus: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): Viewport {
  const room = {
    width: Math.max(1, frame.width - 2 * margin),
    height: Math.max(1, frame.height - 2 * margin),
  };
  const whole = Math.min(room.width / Math.max(1, drawing.width), room.height / Math.max(1, drawing.height));
  const scale = Math.min(FIT_MAX, Math.max(least, SCALE_MIN, whole));
  const place = (size: number, of: number, around: number) => {
    if (size * scale <= of - 2 * margin) return (of - size * scale) / 2;
    return Math.min(margin, Math.max(of - margin - size * scale, of / 2 - around * scale));
  };
  return {
    x: place(drawing.width, frame.width, focus.x),
    y: place(drawing.height, frame.height, focus.y),
    scale,
  };
}

/** Makes it larger or smaller by a factor, while the point of the drawing under `at` (in the frame) stays there. */
export function zoomed(
  from: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
): Viewport {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, from.scale * factor));
  const real = scale / from.scale;
  return { x: at.x - (at.x - from.x) * real, y: at.y - (at.y - from.y) * real, scale };
}

/** Moves it, and never out of sight. */
export function moved(from: Viewport, byX: number, byY: number, drawing: Extent, frame: Extent): Viewport {
  const kept = (value: number, size: number, of: number) =>
    Math.min(of - IN_SIGHT, Math.max(IN_SIGHT - size * from.scale, value));
  return {
    x: kept(from.x + byX, drawing.width, frame.width),
    y: kept(from.y + byY, drawing.height, frame.height),
    scale: from.scale,
  };
}

/** Moves it as little as needed for a rectangle of the drawing to be seen. */
export function revealing(
  from: Viewport,
  box: Extent & { readonly x: number; readonly y: number },
  frame: Extent,
  margin: number,
): Viewport {
  const shift = (start: number, size: number, of: number) => {
    if (start < margin || size > of - 2 * margin) return margin - start;
    return Math.min(0, of - margin - (start + size));
  };
  return {
    x: from.x + shift(from.x + box.x * from.scale, box.width * from.scale, frame.width),
    y: from.y + shift(from.y + box.y * from.scale, box.height * from.scale, frame.height),
    scale: from.scale,
  };
}
