import { COLOURS } from "../palette";
import type { Viewport } from "./viewport";

const CLOSEST_PX = 150;

/** The step, in degrees, whose lines stand at least `CLOSEST_PX` apart. */
export function graticuleStep(degreesPerPixel: number): number {
  const least = degreesPerPixel * CLOSEST_PX;
  const decade = 10 ** Math.floor(Math.log10(least));
  return decade * ([1, 2, 5, 10].find((factor) => decade * factor >= least * (1 - 1e-9)) ?? 10);
}

/** Meridians and parallels with their values at the lower and right edges. */
export function paintGraticule(context: CanvasRenderingContext2D, viewport: Viewport): void {
  const { width, height, rem } = viewport;
  const west = viewport.lon_deg(0);
  const east = viewport.lon_deg(width);
  const step = graticuleStep((east - west) / width);
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  context.save();
  context.strokeStyle = COLOURS.graticule;
  context.fillStyle = COLOURS.graticuleText;
  context.lineWidth = 1;
  context.font = `${0.72 * rem}px ${getComputedStyle(document.body).fontFamily}`;
  context.beginPath();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (let i = Math.ceil(west / step); i * step <= east; i++) {
    const x = Math.round(viewport.x(i * step)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, height);
    if (x > 8 * rem && x < width - 6 * rem) {
      context.fillText(`${Math.abs(i * step).toFixed(digits)}°${i < 0 ? "W" : "E"}`, x, 0.4 * rem);
    }
  }
  context.textAlign = "right";
  context.textBaseline = "bottom";
  for (let i = Math.ceil(viewport.lat_deg(height) / step); i * step <= viewport.lat_deg(0); i++) {
    const y = Math.round(viewport.y(i * step)) + 0.5;
    context.moveTo(0, y);
    context.lineTo(width, y);
    if (y > 3 * rem && y < height - 2 * rem) {
      context.fillText(`${Math.abs(i * step).toFixed(digits)}°${i < 0 ? "S" : "N"}`, width - 0.5 * rem, y - 2);
    }
  }
  context.stroke();
  context.restore();
}
