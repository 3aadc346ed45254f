/** The colours that the canvases share with the style sheets. */

/** One a drone, in order of appearance; none of them near the red and amber of zones and alerts. */
const DRONE_COLOURS = [
  "#56c7ff",
  "#8ee88a",
  "#c9a2ff",
  "#ff9bd0",
  "#d6ef62",
  "#3fe0cf",
  "#9fb4ff",
  "#f3d9c4",
] as const;

export const COLOURS = {
  ground: "#0d141b",
  graticule: "rgba(150, 178, 204, 0.10)",
  graticuleText: "#7f93a6",
  water: "#102838",
  sand: "#29271f",
  green: "#14261d",
  building: "#19232d",
  road: "#26333f",
  inclusion: "#5fb8a8",
  exclusion: "#ff5f5f",
  advisory: "#ffb84d",
  caution: "#ffd84a",
  cautionText: "#1c1500",
  danger: "#d32f2f",
  dangerLine: "#ff4d4d",
  dangerText: "#ffffff",
  aircraft: "#ffffff",
  unflown: "#a9b8c6",
  draft: "#fff1a8",
  stale: "#8492a0",
  halo: "rgba(8, 13, 18, 0.92)",
  text: "#e9f0f6",
  pill: "rgba(10, 16, 22, 0.88)",
} as const;

const given = new Map<string, string>();

/** The drone's colour; the same one as long as the page lives. */
export function droneColour(droneId: string): string {
  let colour = given.get(droneId);
  if (colour === undefined) {
    colour = DRONE_COLOURS[given.size % DRONE_COLOURS.length] ?? DRONE_COLOURS[0];
    given.set(droneId, colour);
  }
  return colour;
}
