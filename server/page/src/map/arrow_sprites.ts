/** Drone arrows, drawn once a colour and size and then copied: a thousand strokes a frame are too many. */

import { COLOURS } from "../palette";

export class ArrowSprites {
  readonly #sprites = new Map<string, HTMLCanvasElement>();

  /** Half the side of a sprite of this arrow size, in CSS pixels. */
  static reach(size: number): number {
    return size * 1.4;
  }

  /** An arrow pointing north, or a disc where the heading is unknown. */
  sprite(colour: string, size: number, hasHeading: boolean): HTMLCanvasElement {
    const ratio = window.devicePixelRatio || 1;
    const key = `${colour} ${size.toFixed(2)} ${ratio} ${hasHeading}`;
    let sprite = this.#sprites.get(key);
    if (!sprite) {
      sprite = document.createElement("canvas");
      const reach = ArrowSprites.reach(size);
      sprite.width = sprite.height = Math.ceil(2 * reach * ratio);
      const context = sprite.getContext("2d");
      if (context) {
        context.scale(sprite.width / (2 * reach), sprite.height / (2 * reach));
        context.translate(reach, reach);
        drawArrow(context, colour, size, hasHeading);
      }
      this.#sprites.set(key, sprite);
    }
    return sprite;
  }
}

function drawArrow(context: CanvasRenderingContext2D, colour: string, size: number, hasHeading: boolean): void {
  context.beginPath();
  if (hasHeading) {
    context.moveTo(0, -size);
    context.lineTo(size * 0.74, size * 0.82);
    context.lineTo(0, size * 0.42);
    context.lineTo(-size * 0.74, size * 0.82);
    context.closePath();
  } else {
    context.arc(0, 0, size * 0.6, 0, 2 * Math.PI);
  }
  context.lineJoin = "round";
  context.strokeStyle = COLOURS.halo;
  context.lineWidth = 0.36 * size;
  context.stroke();
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = "rgba(255, 255, 255, 0.85)";
  context.lineWidth = 0.07 * size;
  context.stroke();
}
