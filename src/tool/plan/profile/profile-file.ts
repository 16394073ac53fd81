import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { PlanError } from "../errors.ts";
import { PROFILE_BYTES_MAX, parseProfile } from "./parse-profile.ts";
import type { Profile } from "./profile.ts";

/** Where the profile of a system is kept, in the folder of its design. */
export function profilePath(designFolder: string, system: string): string {
  return join(designFolder, ".trestle", system, "profile.json");
}

/**
 * Reads a profile.
 *
 * @throws PlanError `PROFILE_NOT_FOUND`, and those of `parseProfile`.
 */
export async function readProfile(file: string): Promise<Profile> {
  return parseProfile(await textOf(file), file);
}

/** The same of a file that may not be there: undefined then. */
export async function readProfileIfThere(file: string): Promise<Profile | undefined> {
  try {
    return await readProfile(file);
  } catch (thrown) {
    if (codeOf(thrown) === "PROFILE_NOT_FOUND") return undefined;
    throw thrown;
  }
}

/**
 * Writes a profile so that whoever reads meanwhile sees the old or the new one. What could not be read back is refused.
 *
 * @throws PlanError `PROFILE_INVALID`, or whatever the disk says.
 */
export async function writeProfile(file: string, profile: Profile): Promise<void> {
  const text = `${JSON.stringify(profile, undefined, 2)}\n`;
  parseProfile(text);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

async function textOf(file: string): Promise<string> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new PlanError("PROFILE_INVALID", `${file} is no file.`);
    if (found.size > PROFILE_BYTES_MAX)
      throw new PlanError("PROFILE_INVALID", `${file} is larger than ${PROFILE_BYTES_MAX} bytes.`);
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof PlanError) throw cause;
    const isMissing = codeOf(cause) === "ENOENT";
    throw new PlanError(
      isMissing ? "PROFILE_NOT_FOUND" : "PROFILE_INVALID",
      isMissing ? `There is no profile at ${file}.` : `${file} cannot be read: ${messageOf(cause)}.`,
      { cause },
    );
  }
}
