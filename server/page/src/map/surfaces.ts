import type { GroundFeature, Surface } from "../contract";
import { COLOURS } from "../palette";
import { traceGeometry } from "./trace";
import type { Viewport } from "./viewport";

const ORDER: readonly Surface[] = ["water", "sand", "green", "building", "road"];
const ROAD_WIDTH_M = 18;

/** Water, green, blocks and streets, for orientation only. */
export function paintSurfaces(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  ground: readonly GroundFeature[],
): void {
  context.save();
  const metresPerPixel =
    (Math.abs(viewport.lat_deg(0) - viewport.lat_deg(viewport.height)) * 111_320) / Math.max(1, viewport.height);
  // water drawn later lies in what is drawn before it: ponds in parks
  const ordered = [...ground].sort((a, b) => ORDER.indexOf(a.properties.surface) - ORDER.indexOf(b.properties.surface));
  const ponds = ground.filter(({ properties }) => properties.surface === "water").slice(1);
  for (const feature of [...ordered, ...ponds]) {
    const colour = COLOURS[feature.properties.surface];
    traceGeometry(context, viewport, feature.geometry);
    if (feature.geometry.type === "LineString") {
      context.strokeStyle = colour;
      context.lineWidth = Math.max(1.5, Math.min(14, ROAD_WIDTH_M / metresPerPixel));
      context.lineJoin = "round";
      context.stroke();
    } else {
      context.fillStyle = colour;
      context.fill("evenodd");
    }
  }
  context.restore();
}
