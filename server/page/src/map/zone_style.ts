/** How a zone looks: its colour and its hatching say kind and severity, a dotted outline that it is not in force. */

import type { ZoneFeature } from "../contract";
import { COLOURS } from "../palette";

export type ZoneLook = "inclusion" | "prohibited" | "authorisation" | "conditional" | "information" | "advisory";

export interface ZoneStyle {
  line: string;
  text: string;
  fill: string;
  /** Direction of the hatching, in the sense of a path in a unit square; null for none. */
  hatch: "rising" | "falling" | "level" | null;
  dash: readonly number[];
  width: number;
}

export const ZONE_STYLES: Record<ZoneLook, ZoneStyle> = {
  inclusion: { line: COLOURS.inclusion, text: "#a5dcd1", fill: "rgba(95, 184, 168, 0.055)", hatch: null, dash: [], width: 1.5 },
  prohibited: { line: COLOURS.exclusion, text: "#ff9d9d", fill: "rgba(255, 60, 60, 0.13)", hatch: "rising", dash: [], width: 2 },
  authorisation: { line: "#ff9440", text: "#ffbf8c", fill: "rgba(255, 148, 64, 0.11)", hatch: "falling", dash: [], width: 2 },
  conditional: { line: "#e3cf5a", text: "#f0e39a", fill: "rgba(227, 207, 90, 0.09)", hatch: "level", dash: [], width: 1.8 },
  information: { line: "#e3cf5a", text: "#f0e39a", fill: "rgba(227, 207, 90, 0.06)", hatch: null, dash: [], width: 1.8 },
  advisory: { line: COLOURS.advisory, text: "#ffcf85", fill: "rgba(255, 184, 77, 0.14)", hatch: null, dash: [7, 4], width: 1.6 },
};

export function lookOf({ properties }: ZoneFeature): ZoneLook {
  return properties.kind === "exclusion" ? properties.severity : properties.kind;
}

const HATCH_PX = 9;
const ENDS = {
  rising: [-1, 1, 1, -1],
  falling: [-1, -1, 1, 1],
} as const;

/** A tile of parallel lines in the style's colour. */
export function hatching(
  context: CanvasRenderingContext2D,
  { hatch, line }: ZoneStyle,
  pen: number,
): CanvasPattern | null {
  const ratio = window.devicePixelRatio || 1;
  const tile = document.createElement("canvas");
  const side = (tile.width = tile.height = Math.round(HATCH_PX * ratio * pen));
  const stroke = tile.getContext("2d");
  if (!stroke || hatch === null) return null;
  stroke.strokeStyle = line;
  stroke.globalAlpha = 0.55;
  stroke.lineWidth = 1.4 * ratio * pen;
  stroke.beginPath();
  if (hatch === "level") {
    stroke.moveTo(0, side / 2);
    stroke.lineTo(side, side / 2);
  } else {
    const [x0, y0, x1, y1] = ENDS[hatch];
    for (const shift of [-side, 0, side]) {
      const middle = shift + side / 2;
      stroke.moveTo(middle + (x0 * side) / 2 + x0, side / 2 + (y0 * side) / 2 + y0);
      stroke.lineTo(middle + (x1 * side) / 2 + x1, side / 2 + (y1 * side) / 2 + y1);
    }
  }
  stroke.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
