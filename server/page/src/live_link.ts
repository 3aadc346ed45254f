/** The WebSocket to the service: opens it, opens it again, and says how it stands. */

import type { Frame } from "./contract";
import { Signal } from "./signal";

export type LinkState =
  | { is_open: true }
  | { is_open: false; was_open: boolean; retry_at_ms: number };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
/** A connection that carries nothing and does not close is given up after this. */
const OPENING_TIMEOUT_MS = 8_000;

/** The delay before attempt `attempt` (from 0), with up to 30 % jitter so that viewers do not return all at once. */
export function retryDelayMs(attempt: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(delay * (0.7 + 0.3 * random));
}

export class LiveLink {
  readonly state = new Signal<LinkState>({ is_open: false, was_open: false, retry_at_ms: 0 });
  /** A connection was not let in, or there was nobody to ask. */
  onRefused: () => void = () => undefined;
  /** When the last frame came, by `performance.now()`. */
  lastFrameMs = 0;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #wasOpen = false;
  #rateHz: number;
  readonly #address: URL;
  readonly #onFrame: (frame: Frame) => void;

  constructor(address: URL, rateHz: number, onFrame: (frame: Frame) => void) {
    this.#address = address;
    this.#rateHz = rateHz;
    this.#onFrame = onFrame;
  }

  open(): void {
    const address = new URL(this.#address);
    address.searchParams.set("rate_hz", String(this.#rateHz));
    const socket = new WebSocket(address);
    this.#socket = socket;
    const patience = window.setTimeout(() => socket.close(), OPENING_TIMEOUT_MS);
    socket.addEventListener("message", (message: MessageEvent<string>) => {
      window.clearTimeout(patience);
      this.lastFrameMs = performance.now();
      const frame = JSON.parse(message.data) as Frame;
      if (frame.type === "snapshot") {
        this.#attempt = 0;
        this.#wasOpen = true;
        this.state.set({ is_open: true });
      }
      this.#onFrame(frame);
    });
    let isWelcome = false;
    socket.addEventListener("open", () => (isWelcome = true));
    socket.addEventListener("close", () => {
      window.clearTimeout(patience);
      if (!isWelcome) this.onRefused();
      const delay = retryDelayMs(this.#attempt++, Math.random());
      this.state.set({ is_open: false, was_open: this.#wasOpen, retry_at_ms: performance.now() + delay });
      window.setTimeout(() => this.open(), delay);
    });
  }

  /** Ask for another update rate, now and at every later connection. */
  setRate(rateHz: number): void {
    this.#rateHz = rateHz;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ rate_hz: rateHz }));
  }
}
