/**
 * What each part contributes to the loss of a whole. Pure.
 */

/**
 * Shares of the loss, adding up to 1: of each part, what the whole would win if that part alone never failed, beside the
 * same of all others (Z. Birnbaum, "On the Importance of Different Components in a Multicomponent System", 1969, times the
 * part's own unavailability: its criticality). All 0 where no part alone would win anything.
 *
 * @param availability of the whole as it is
 * @param without for each part, the availability of the whole if that part never failed
 */
export function lossShares(availability: number, without: readonly number[]): readonly number[] {
  const won = without.map((better) => Math.max(0, better - availability));
  const all = won.reduce((sum, one) => sum + one, 0);
  return won.map((one) => (all > 0 ? one / all : 0));
}
