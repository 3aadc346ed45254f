import type { LatLonPair, LineGeometry, MultiPolygonGeometry, PolygonGeometry } from "../contract";
import { polygonsOf } from "../geometry";
import type { Viewport } from "./viewport";

/** The geometry's rings or line as the context's path. */
export function traceGeometry(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  geometry: PolygonGeometry | MultiPolygonGeometry | LineGeometry,
): void {
  context.beginPath();
  if (geometry.type === "LineString") {
    traceCoordinates(context, viewport, geometry.coordinates);
    return;
  }
  for (const ring of polygonsOf(geometry).flat()) {
    traceCoordinates(context, viewport, ring);
    context.closePath();
  }
}

function traceCoordinates(context: CanvasRenderingContext2D, viewport: Viewport, coordinates: number[][]): void {
  coordinates.forEach(([lon = 0, lat = 0], i) => {
    if (i === 0) context.moveTo(viewport.x(lon), viewport.y(lat));
    else context.lineTo(viewport.x(lon), viewport.y(lat));
  });
}

/** Positions as an open line. */
export function traceLine(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  positions: readonly LatLonPair[],
): void {
  context.beginPath();
  positions.forEach(([lat, lon], i) => {
    if (i === 0) context.moveTo(viewport.x(lon), viewport.y(lat));
    else context.lineTo(viewport.x(lon), viewport.y(lat));
  });
}
