import type { JSX } from "preact";

/** The product's mark: a trestle, which carries a deck on crossed legs. */
export function Mark({ size = 22 }: { readonly size?: number }): JSX.Element {
  return (
    <svg
      class="brand-mark"
      width={size}
      height={size}
      viewBox="0 0 22 22"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d="M2 5h18M6.5 5 3.5 19M15.5 5l3 14M5.6 9.5l11.9 5M16.4 9.5l-11.9 5" />
    </svg>
  );
}
