/** Finds each label a place where it covers no other. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export class LabelBoard {
  readonly #taken: Box[] = [];

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  /** Keep labels off a place. */
  take(box: Box): void {
    this.#taken.push(box);
  }

  isFree(box: Box): boolean {
    const isInView = box.x >= 0 && box.y >= 0 && box.x + box.width <= this.width && box.y + box.height <= this.height;
    return isInView && !this.#taken.some((other) => overlaps(box, other));
  }

  /** Take the first free place of `candidates` and tell its index; -1 where all are taken. */
  place(candidates: readonly Box[]): number {
    const index = candidates.findIndex((box) => this.isFree(box));
    const box = candidates[index];
    if (box) this.take(box);
    return index;
  }
}
