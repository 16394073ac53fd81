/** What a plan takes for granted of parts that nobody measured or described, each figure with its publication. Pure. */
export {
  DEFAULT_FIGURES,
  type DefaultFigure,
  type DefaultName,
  defaultOf,
  type Sourced,
} from "./default-figures.ts";
export { defaultsTable } from "./defaults-table.ts";
