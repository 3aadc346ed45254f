/** The map: Leaflet moves it, four canvases show it. */

import * as L from "leaflet";
import type { Place, Plan } from "../contract";
import { boundsOf, contains, positionsOf, sizeOf } from "../geometry";
import { Motion } from "../motion";
import type { ColouredPlan } from "../schedule_book";
import { Signal } from "../signal";
import type { Changes, World } from "../world";
import { paintAircraft } from "./aircraft";
import { alertedZones } from "./alert_marks";
import { type Draft, NO_DRAFT, paintDraft, paintSchedule } from "./draft";
import { paintDrones } from "./drones";
import { paintGraticule } from "./graticule";
import { type Box, LabelBoard } from "./label_board";
import { padsOf, paintPads, paintRoutes } from "./routes";
import { Sheet } from "./sheet";
import { paintSurfaces } from "./surfaces";
import { Trails } from "./trails";
import { Viewport } from "./viewport";
import { labelZones, paintZones, type ZonesShown } from "./zones";

const HIT_PX = 26;
/** Followed drones are kept within this share of the view. */
const FOLLOW_SHARE = 0.28;

export interface MapClick {
  place: Place;
  drone_id: string | null;
  zone_id: string | null;
}

export class CommandMap {
  readonly motion = new Motion();
  readonly selectedId = new Signal<string | null>(null);
  readonly isFollowing = new Signal(false);
  readonly leaflet: L.Map;
  onClick: (click: MapClick) => void = () => undefined;
  /** What was painted last, for inspection. */
  readonly painted = { zones: 0, routes: 0, drones: 0, aircraft: 0, frames: 0 };
  chosenZoneId: string | null = null;
  draft: Draft = NO_DRAFT;
  /** The flights of the schedule that is looked at. */
  schedule: readonly ColouredPlan[] = [];
  isStale: (droneId: string) => boolean = () => false;
  /** Which zones hold at the moment the map shows. */
  zoneTimes: () => Pick<ZonesShown, "isActive" | "timesOf"> = () => ({ isActive: () => true, timesOf: () => "" });

  readonly #world: World;
  readonly #ground: Sheet;
  readonly #names: Sheet;
  readonly #traffic: Sheet;
  readonly #trails: Trails;
  readonly #overlays: HTMLElement;
  #viewport: Viewport;
  #marks = new Map<string, { x: number; y: number }>();
  #zoneLabels: Box[] = [];
  #alerted: ReadonlyMap<string, "yellow" | "red"> = new Map();
  #isScheduled = false;
  #isGroundDue = true;
  #hasFitted = false;
  #isPanning = false;

  constructor(container: HTMLElement, overlays: HTMLElement, world: World) {
    this.#world = world;
    this.#overlays = overlays;
    this.leaflet = L.map(container, {
      center: [36.09, 103.7],
      zoom: 14,
      minZoom: 3,
      maxZoom: 20,
      zoomSnap: 0,
      zoomDelta: 0.5,
      wheelPxPerZoomLevel: 110,
      zoomAnimation: false,
      zoomControl: false,
      attributionControl: false,
      worldCopyJump: false,
    });
    L.control.scale({ metric: true, imperial: false, position: "bottomright", maxWidth: 160 }).addTo(this.leaflet);
    this.#ground = new Sheet("ground", container);
    this.#trails = new Trails(new Sheet("trails", container));
    this.#names = new Sheet("names", container);
    this.#traffic = new Sheet("traffic", container);
    this.#viewport = new Viewport(this.leaflet);
    this.leaflet.on("move zoom resize viewreset", () => this.repaint());
    this.leaflet.on("dragstart", () => this.isFollowing.set(false));
    this.leaflet.on("click", (event) => this.#click(event));
    this.leaflet.on("mousemove", (event) => {
      const isOver = this.#droneAt(event.containerPoint) !== null;
      container.classList.toggle("is-over-drone", isOver);
    });
    new ResizeObserver(() => this.leaflet.invalidateSize({ animate: false })).observe(container);
    this.selectedId.watch(() => this.repaint());
    this.isFollowing.watch((isOn) => isOn && this.#schedule());
  }

  /** Show what a frame changed. */
  show(changes: Changes, nowMs: number): void {
    for (const id of changes.gone) this.motion.forget(id);
    for (const drone of changes.drones) this.motion.report(drone, nowMs);
    this.#noteAlerts();
    if (changes.is_whole || changes.has_plans || changes.has_zones) this.#isGroundDue = true;
    if (!this.#isGroundDue) {
      this.#trails.extend(
        this.#viewport,
        this.#world.tracks,
        changes.drones.map((drone) => drone.id),
      );
    }
    if (!this.#hasFitted && (this.#world.zones.length > 0 || this.#world.drones.size > 0)) this.fitAll();
    this.#schedule();
  }

  /** Paint everything anew at the next frame. */
  repaint(): void {
    this.#isGroundDue = true;
    this.#schedule();
  }

  /** Paint the drones anew at the next frame. */
  refresh(): void {
    this.#schedule();
  }

  fitAll(): void {
    const world = this.#world;
    const positions = [
      ...world.zones.flatMap((zone) => [...positionsOf(zone.geometry)]),
      ...world.plans.flatMap((plan) => plan.routes.flatMap((route) => route.positions)),
      ...[...world.drones.values()].flatMap(({ position }) =>
        position ? [[position.lat_deg, position.lon_deg] as [number, number]] : [],
      ),
    ];
    if (this.#fit(positions)) this.#hasFitted = true;
  }

  fitPlans(plans: readonly Plan[]): void {
    this.#fit(plans.flatMap((plan) => plan.routes.flatMap((route) => route.positions)));
  }

  fitZone(zoneId: string): void {
    const zone = this.#world.zones.find(({ id }) => id === zoneId);
    if (zone) this.#fit([...positionsOf(zone.geometry)]);
  }

  centreOn(droneId: string): void {
    this.#bringIntoView(this.#world.drones.get(droneId)?.position ?? null);
  }

  centreOnAircraft(aircraftId: string): void {
    this.isFollowing.set(false);
    this.#bringIntoView(this.#world.aircraft.get(aircraftId)?.position ?? null);
  }

  #bringIntoView(position: Place | null): void {
    if (!position) return;
    const place = L.latLng(position.lat_deg, position.lon_deg);
    const point = this.leaflet.latLngToContainerPoint(place);
    if (!this.#viewport.shows(point.x, point.y, -40)) this.leaflet.panTo(place, { animate: true, duration: 0.4 });
  }

  /** Where drones are on the map's canvases, in CSS pixels. */
  get marks(): ReadonlyMap<string, { x: number; y: number }> {
    return this.#marks;
  }

  #fit(positions: [number, number][]): boolean {
    const bounds = boundsOf(positions);
    if (!bounds) return false;
    const rem = this.#viewport.rem;
    this.isFollowing.set(false);
    this.leaflet.fitBounds(
      [
        [bounds.south, bounds.west],
        [bounds.north, bounds.east],
      ],
      { paddingTopLeft: [Math.max(3.5 * rem, this.#coveredLeft() + rem), 3 * rem], paddingBottomRight: [3.5 * rem, Math.max(3.5 * rem, this.#coveredBelow() + rem)], animate: false, maxZoom: 18 },
    );
    return true;
  }

  /** Zones are drawn anew where others are in danger now. */
  #noteAlerts(): void {
    const alerted = alertedZones(this.#world.drones.values());
    const isSame = alerted.size === this.#alerted.size && [...alerted].every(([id, colour]) => this.#alerted.get(id) === colour);
    if (isSame) return;
    this.#alerted = alerted;
    this.#isGroundDue = true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame((nowMs) => this.#paint(nowMs));
  }

  #paint(nowMs: number): void {
    this.#isScheduled = false;
    const world = this.#world;
    if (this.#isGroundDue) this.#paintGround();
    const shown = [];
    for (const drone of world.drones.values()) {
      const pose = this.motion.poseOf(drone.id, nowMs);
      if (!pose) continue;
      shown.push({ drone, pose, isStale: this.isStale(drone.id), trail: world.tracks.get(drone.id) ?? [] });
    }
    const { width, height } = this.#viewport;
    const context = this.#traffic.clear(width, height);
    const sightings = world.sightings(this.selectedId.value, nowMs);
    const covered = paintAircraft(context, this.#viewport, sightings, this.#zoneLabels);
    this.#marks = paintDrones(context, this.#viewport, shown, this.selectedId.value, [...this.#zoneLabels, ...covered]);
    this.painted.aircraft = sightings.length;
    this.painted.drones = shown.length;
    this.painted.frames += 1;
    if (this.isFollowing.value) this.#follow();
    if (this.motion.isMoving(nowMs)) this.#schedule();
  }

  #paintGround(): void {
    this.#isGroundDue = false;
    const world = this.#world;
    const viewport = new Viewport(this.leaflet);
    this.#viewport = viewport;
    const context = this.#ground.clear(viewport.width, viewport.height);
    const drones = [...world.drones.values()];
    const pads = padsOf([...world.plans, ...this.schedule.map(({ plan }) => plan)], drones);
    paintSurfaces(context, viewport, world.ground);
    paintGraticule(context, viewport);
    const shown = { ...this.zoneTimes(), zones: world.zones, chosenId: this.chosenZoneId, alerted: this.#alerted };
    paintZones(context, viewport, shown);
    this.painted.zones = world.zones.length;
    this.painted.routes = paintRoutes(context, viewport, world.plans, drones, this.selectedId.value);
    paintSchedule(context, viewport, this.schedule);
    paintDraft(context, viewport, this.draft);
    const board = new LabelBoard(viewport.width, viewport.height);
    for (const box of this.#coveredBoxes()) board.take(box);
    const radius = viewport.rem;
    for (const { lat_deg, lon_deg } of pads) {
      board.take({
        x: viewport.x(lon_deg) - radius,
        y: viewport.y(lat_deg) - radius,
        width: 2 * radius,
        height: 2 * radius,
      });
    }
    const names = this.#names.clear(viewport.width, viewport.height);
    paintPads(names, viewport, pads);
    this.#zoneLabels = labelZones(names, viewport, shown, board);
    this.#trails.repaint(viewport, world.tracks);
  }

  /** Where the legend and the buttons lie on the map. */
  #coveredBoxes(): Box[] {
    const origin = this.leaflet.getContainer().getBoundingClientRect();
    return [...this.#overlays.children]
      .map((child) => child.getBoundingClientRect())
      .filter(({ width }) => width > 0)
      .map(({ x, y, width, height }) => ({ x: x - origin.x, y: y - origin.y, width, height }));
  }

  /** How far the buttons and an open planner reach into the map. */
  #coveredLeft(): number {
    const { width, height } = this.leaflet.getContainer().getBoundingClientRect();
    const tall = this.#coveredBoxes().filter((box) => box.height > 0.3 * height && box.x + box.width < 0.6 * width);
    return Math.max(0, ...tall.map((box) => box.x + box.width));
  }

  /** How far an open schedule reaches into the map from below. */
  #coveredBelow(): number {
    const { width, height } = this.leaflet.getContainer().getBoundingClientRect();
    const wide = this.#coveredBoxes().filter((box) => box.width > 0.6 * width && box.y > 0.2 * height);
    return Math.max(0, ...wide.map((box) => height - box.y));
  }

  #follow(): void {
    const mark = this.selectedId.value === null ? undefined : this.#marks.get(this.selectedId.value);
    if (!mark) return;
    const { width, height } = this.#viewport;
    const isCentral =
      Math.abs(mark.x / width - 0.5) < FOLLOW_SHARE && Math.abs(mark.y / height - 0.5) < FOLLOW_SHARE;
    if (isCentral || this.#isPanning) return;
    this.#isPanning = true;
    this.leaflet.once("moveend", () => (this.#isPanning = false));
    this.leaflet.panTo(this.leaflet.containerPointToLatLng([mark.x, mark.y]), { animate: true, duration: 0.5 });
  }

  #click(event: L.LeafletMouseEvent): void {
    const place = { lat_deg: event.latlng.lat, lon_deg: event.latlng.lng };
    const hit = this.#world.zones
      .filter((zone) => contains(zone.geometry, place))
      .sort((a, b) => sizeOf(a.geometry) - sizeOf(b.geometry))[0];
    this.onClick({ place, drone_id: this.#droneAt(event.containerPoint), zone_id: hit?.id ?? null });
  }

  #droneAt(point: { x: number; y: number }): string | null {
    let nearest: string | null = null;
    let least = HIT_PX;
    for (const [id, { x, y }] of this.#marks) {
      const distance = Math.hypot(x - point.x, y - point.y);
      if (distance < least) [nearest, least] = [id, distance];
    }
    return nearest;
  }
}
