/** Rings and lines out of GeoJSON, and the few measures the map needs. */

import type { LatLonPair, LineGeometry, MultiPolygonGeometry, Place, PolygonGeometry } from "./contract";

/** The polygons of a geometry, each a list of rings of longitude, latitude. */
export function polygonsOf(geometry: PolygonGeometry | MultiPolygonGeometry): number[][][][] {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

export interface Bounds {
  south: number;
  west: number;
  north: number;
  east: number;
}

export function boundsOf(positions: Iterable<LatLonPair>): Bounds | null {
  const bounds: Bounds = { south: Infinity, west: Infinity, north: -Infinity, east: -Infinity };
  for (const [lat, lon] of positions) {
    bounds.south = Math.min(bounds.south, lat);
    bounds.north = Math.max(bounds.north, lat);
    bounds.west = Math.min(bounds.west, lon);
    bounds.east = Math.max(bounds.east, lon);
  }
  return bounds.south <= bounds.north ? bounds : null;
}

/** Every position of a geometry as latitude, longitude. */
export function* positionsOf(
  geometry: PolygonGeometry | MultiPolygonGeometry | LineGeometry,
): Generator<LatLonPair> {
  const rings = geometry.type === "LineString" ? [geometry.coordinates] : polygonsOf(geometry).flat();
  for (const ring of rings) {
    for (const [lon, lat] of ring) if (lat !== undefined && lon !== undefined) yield [lat, lon];
  }
}

/** Whether a place lies in the geometry, by the even-odd rule. */
export function contains(geometry: PolygonGeometry | MultiPolygonGeometry, place: Place): boolean {
  return polygonsOf(geometry).some((rings) => {
    let isInside = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [xi = 0, yi = 0] = ring[i] ?? [];
        const [xj = 0, yj = 0] = ring[j] ?? [];
        const isAcross = yi > place.lat_deg !== yj > place.lat_deg;
        if (isAcross && place.lon_deg < ((xj - xi) * (place.lat_deg - yi)) / (yj - yi) + xi) isInside = !isInside;
      }
    }
    return isInside;
  });
}

/** Area in square degrees, for ordering only. */
export function sizeOf(geometry: PolygonGeometry | MultiPolygonGeometry): number {
  let size = 0;
  for (const [exterior] of polygonsOf(geometry)) {
    let sum = 0;
    for (let i = 0; exterior && i < exterior.length - 1; i++) {
      const [x0 = 0, y0 = 0] = exterior[i] ?? [];
      const [x1 = 0, y1 = 0] = exterior[i + 1] ?? [];
      sum += x0 * y1 - x1 * y0;
    }
    size += Math.abs(sum) / 2;
  }
  return size;
}
