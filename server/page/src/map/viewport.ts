/** Web Mercator from degrees straight to the canvas's pixels, without an object a point. */

import type { Map as LeafletMap } from "leaflet";

export class Viewport {
  readonly width: number;
  readonly height: number;
  /** Pixels a rem: the type on the canvases grows with the page's. */
  readonly rem: number;
  /** Line widths are given for 16 px type and grow with it. */
  readonly pen: number;
  readonly #scale: number;
  readonly #left: number;
  readonly #top: number;

  constructor(map: LeafletMap) {
    const size = map.getSize();
    const corner = map.getPixelBounds().min ?? { x: 0, y: 0 };
    this.width = size.x;
    this.height = size.y;
    this.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.pen = this.rem / 16;
    this.#scale = 256 * 2 ** map.getZoom();
    this.#left = corner.x;
    this.#top = corner.y;
  }

  x(lon_deg: number): number {
    return (lon_deg / 360 + 0.5) * this.#scale - this.#left;
  }

  y(lat_deg: number): number {
    const sine = Math.sin((lat_deg * Math.PI) / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * this.#scale - this.#top;
  }

  lon_deg(x: number): number {
    return ((x + this.#left) / this.#scale - 0.5) * 360;
  }

  lat_deg(y: number): number {
    return (Math.atan(Math.sinh((0.5 - (y + this.#top) / this.#scale) * 2 * Math.PI)) * 180) / Math.PI;
  }

  /** Whether a point lies within `margin` pixels of the view. */
  shows(x: number, y: number, margin: number): boolean {
    return x > -margin && y > -margin && x < this.width + margin && y < this.height + margin;
  }
}
