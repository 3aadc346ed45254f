/** Flown trails on a sheet of their own: only new pieces are drawn until the view changes. */

import type { LatLonPair } from "../contract";
import { droneColour } from "../palette";
import type { Sheet } from "./sheet";
import type { Viewport } from "./viewport";

export class Trails {
  /** How many points of each trail are on the sheet. */
  readonly #drawn = new Map<string, number>();
  readonly #sheet: Sheet;

  constructor(sheet: Sheet) {
    this.#sheet = sheet;
  }

  repaint(viewport: Viewport, tracks: ReadonlyMap<string, readonly LatLonPair[]>): void {
    this.#sheet.clear(viewport.width, viewport.height);
    this.#drawn.clear();
    this.extend(viewport, tracks, tracks.keys());
  }

  /** Draw what is new, except the last point: the drone glides towards it. */
  extend(
    viewport: Viewport,
    tracks: ReadonlyMap<string, readonly LatLonPair[]>,
    droneIds: Iterable<string>,
  ): void {
    const context = this.#sheet.resume();
    context.lineWidth = 0.18 * viewport.rem;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const id of droneIds) {
      const track = tracks.get(id);
      if (!track) continue;
      const end = track.length - 1;
      const start = Math.min(this.#drawn.get(id) ?? 0, end);
      if (end - start < 1) continue;
      context.strokeStyle = droneColour(id);
      context.beginPath();
      for (let i = start; i < end; i++) {
        const [lat, lon] = track[i] ?? [0, 0];
        if (i === start) context.moveTo(viewport.x(lon), viewport.y(lat));
        else context.lineTo(viewport.x(lon), viewport.y(lat));
      }
      context.stroke();
      this.#drawn.set(id, end - 1);
    }
  }
}
