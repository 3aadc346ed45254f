/** One canvas over the map, as sharp as the screen. */

export class Sheet {
  readonly canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;

  constructor(name: string, parent: HTMLElement) {
    this.canvas.className = "sheet";
    this.canvas.dataset["sheet"] = name;
    this.canvas.setAttribute("aria-hidden", "true");
    parent.append(this.canvas);
    const context = this.canvas.getContext("2d");
    if (!context) throw new Error("this browser draws no canvas");
    this.#context = context;
  }

  /** An empty sheet of this size, in CSS pixels. */
  clear(width: number, height: number): CanvasRenderingContext2D {
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
    }
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, w, h);
    return this.resume();
  }

  /** The sheet as it is, to add to. */
  resume(): CanvasRenderingContext2D {
    const ratio = window.devicePixelRatio || 1;
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return this.#context;
  }
}
