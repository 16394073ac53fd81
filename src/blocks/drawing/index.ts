/** Parts and links as a drawing in layers: for the console's map and for the report of a plan. Pure. */
export {
  type Box,
  type LinkDrawing,
  type LinkToPlace,
  layoutMap,
  type MapLayout,
  type MapLayoutOptions,
  type PartToPlace,
} from "./map-layout.ts";
