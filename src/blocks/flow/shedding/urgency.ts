import type { Priority } from "../../resilience/gate.ts";

/** Who goes first: 0 is shed first, 3 last. */
export const URGENCY: Readonly<Record<Priority, number>> = { background: 0, low: 1, normal: 2, critical: 3 };
