/** `trestle plan --html`: a plan as one page that needs nothing else. Pure. */
export { type PageOptions, planPage } from "./page.ts";
