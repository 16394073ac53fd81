/** Counts since the start, or since CONFIG RESETSTAT. */
export class Stats {
  connections = 0;
  refusedConnections = 0;
  commands = 0;
  errors = 0;
  hits = 0;
  misses = 0;
  inputBytes = 0;
  outputBytes = 0;
  usedBytesPeak = 0;

  reset(): void {
    Object.assign(this, new Stats());
  }
}
