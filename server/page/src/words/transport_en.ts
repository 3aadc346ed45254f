export const transportEn = {
  "transport": "Replay controls",
  "transport.play": "Play",
  "transport.pause": "Pause the replay",
  "transport.position": "Position in the recording",
  "transport.speed": "Speed",
  "transport.fastest": "fastest",
  "transport.failed": "The replay could not be steered: {reason}",
} as const satisfies Record<string, string>;

export type TransportWordKey = keyof typeof transportEn;
