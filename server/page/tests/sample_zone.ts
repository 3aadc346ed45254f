import type { ZoneFeature } from "../src/contract";

/** A helipad that drones are sent home before. */
export function sampleZone(changes: Partial<ZoneFeature["properties"]> = {}, id = "pad"): ZoneFeature {
  return {
    type: "Feature",
    id,
    properties: {
      name: "医院直升机坪 Hospital helipad",
      kind: "exclusion",
      severity: "prohibited",
      action: "return",
      bands: [{ floor_m: null, floor_datum: "agl", ceiling_m: null, ceiling_datum: "agl" }],
      is_permanent: true,
      causes: [],
      message: "",
      authorities: [],
      ...changes,
    },
    geometry: { type: "Polygon", coordinates: [] },
  };
}
