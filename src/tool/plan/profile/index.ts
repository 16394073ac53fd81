/** Measured profiles: the format, reading it strictly, and the file that holds it. */
export { PROFILE_BYTES_MAX, parseProfile } from "./parse-profile.ts";
export { type Profile, type ProfiledPart, type ProfiledTime, profiledTime } from "./profile.ts";
export { profilePath, readProfile, readProfileIfThere, writeProfile } from "./profile-file.ts";
