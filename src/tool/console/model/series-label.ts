/** Names a line of a chart by its labels: one label by its value, several by all of them. Empty when there are none. Pure. */
export function seriesLabel(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  const [first] = entries;
  if (entries.length === 1 && first) return first[1] || `no ${first[0]}`;
  return entries.map(([name, value]) => `${name}=${value}`).join(" ");
}
