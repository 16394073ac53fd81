/**
 * The shares of time that a continuous-time Markov chain spends in each of its states, by the elimination of W. Grassmann, M. Taksar and D. Heyman
 * ("Regenerative Analysis and Steady State Distributions for Markov Chains", Operations Research 33, 1985), which never subtracts: states that are
 * seen once in 10^15 years keep their digits. `rates[i][j]` is the rate from i to j, 0 or more; the diagonal is not looked at.
 * Every state has to lead to every other in the end. Up to a few hundred states. Pure.
 *
 * @throws RangeError when a state leads nowhere.
 */
export function stationaryShares(rates: readonly (readonly number[])[]): readonly number[] {
  const count = rates.length;
  const work = rates.map((row) => [...row]);
  const at = (i: number, j: number): number => work[i]?.[j] ?? 0;
  for (let last = count - 1; last > 0; last--) {
    let out = 0;
    for (let j = 0; j < last; j++) out += at(last, j);
    if (!(out > 0)) throw new RangeError(`state ${last} of the chain leads to none before it`);
    for (let i = 0; i < last; i++) {
      const row = work[i] ?? [];
      const share = at(i, last) / out;
      row[last] = share;
      for (let j = 0; j < last; j++) row[j] = at(i, j) + share * at(last, j);
    }
  }
  const shares: number[] = [1];
  for (let state = 1; state < count; state++) {
    let sum = 0;
    for (let i = 0; i < state; i++) sum += (shares[i] ?? 0) * at(i, state);
    shares.push(sum);
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}
