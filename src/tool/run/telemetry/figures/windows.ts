/** Over how much time the figures of the map are taken: long enough to be steady, short enough to be of now. Pure. */

/** Of what edges, caches and spans tell, which come every second or two. */
export const WINDOW_MS = 10_000;
/** Of what is polled every 5 s: a shorter one holds now one and now two answers. */
export const POLLED_WINDOW_MS = 30_000;
/** Of ratios that would jump with few requests, and of programs whose SDK tells once a minute. */
export const MINUTE_MS = 60_000;
