/** What of the repository's `package.json` is for its own use only. */
const OURS = ["private", "scripts", "devDependencies", "devEngines"];

/**
 * The published `package.json`: no longer private, without the repository's own commands, and with every entry pointing
 * at the JavaScript that was built from it. Throws a `TypeError` for an entry that is no file of `src`.
 */
export function publishedManifest(manifest: unknown): Record<string, unknown> {
  if (!isRecord(manifest) || !isRecord(manifest.exports)) throw new TypeError("package.json has no exports");
  const kept = Object.fromEntries(Object.entries(manifest).filter(([key]) => !OURS.includes(key)));
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([entry, target]) => [entry, publishedTarget(entry, target)]),
  );
  return { ...kept, exports, files: ["bin", "dist", "docs", "CHANGELOG.md"] };
}

function publishedTarget(entry: string, target: unknown): unknown {
  if (entry === "./package.json") return target;
  if (typeof target !== "string" || !/^\.\/src\/.+\.ts$/.test(target)) {
    throw new TypeError(
      `the entry "${entry}" of package.json is ${JSON.stringify(target)}; write a path ./src/….ts`,
    );
  }
  const built = target.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
  return { types: `${built}.d.ts`, default: `${built}.js` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
