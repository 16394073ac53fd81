/** What comes in and goes out of a design, as figures. Pure. */
export { derivedFigure, givenFigure, statedFigure, type Told, told } from "./sourced-figure.ts";
export { connectionFigures, trafficFigures } from "./traffic.ts";
