/** The console: one page, which shows a running system and speaks to its supervisor's control API. */

export { type ConsolePage, consolePage } from "./page-files.ts";
