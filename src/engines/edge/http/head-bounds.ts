/** How large the head of a message, and its trailer section, may be. */
export interface HeadBounds {
  /** Bytes, from the first to the empty line. A request's line may have half of them. */
  readonly headerBytes: number;
  /** Fields. */
  readonly headerFields: number;
}
