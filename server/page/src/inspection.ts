/** A read-only view of what is painted, for tests and support: `window.feiying.debug`. */

import type { CommandRoom } from "./command_room";

export function offerInspection(room: CommandRoom): void {
  const debug = Object.freeze({
    get zones() {
      return room.map.painted.zones;
    },
    get routes() {
      return room.map.painted.routes;
    },
    get drones() {
      return room.map.painted.drones;
    },
    get aircraft() {
      return room.map.painted.aircraft;
    },
    get frames() {
      return room.map.painted.frames;
    },
    get isOpen() {
      return room.link.state.value.is_open;
    },
    get selected() {
      return room.map.selectedId.value;
    },
    /** Drones on the canvas: `{id: {x, y}}` in CSS pixels of the map. */
    get marks() {
      return Object.fromEntries([...room.map.marks].map(([id, { x, y }]) => [id, { x, y }]));
    },
    /** Trail points by drone. */
    get trails() {
      return Object.fromEntries([...room.world.tracks].map(([id, track]) => [id, track.length]));
    },
    /** Whether each zone holds at the moment the map shows. */
    get activeZones() {
      const { isActive } = room.map.zoneTimes();
      return Object.fromEntries(room.world.zones.map((zone) => [zone.id, isActive(zone)]));
    },
    get modes() {
      return Object.fromEntries([...room.world.drones].map(([id, { mode }]) => [id, mode]));
    },
  });
  Object.defineProperty(window, "feiying", { value: Object.freeze({ debug }), enumerable: true });
}
