/** Puts the parts together and keeps them up to date. */

import type { Drone, Frame } from "./contract";
import { ControlKeeper } from "./control_keeper";
import { h, setText } from "./element";
import { LiveLink } from "./live_link";
import { CommandMap, type MapClick } from "./map/command_map";
import { lookOf } from "./map/zone_style";
import { CommandDesk } from "./panel/command_desk";
import { ControlNotices } from "./panel/control_notices";
import { isOwn } from "./panel/control_question";
import type { CardFacts } from "./panel/drone_card";
import { DroneList } from "./panel/drone_list";
import { EventList } from "./panel/event_list";
import { type Action, isPaused, isStale, leadAction } from "./panel/flight_state";
import { guardStateOf } from "./panel/guard_state";
import { Header } from "./panel/header";
import { openHelp } from "./panel/help_dialog";
import { legend, mapButtons } from "./panel/map_overlays";
import { ScheduleBoard } from "./panel/fleet/schedule_board";
import { askToDelete } from "./panel/fleet/schedule_desk";
import { recallOperator } from "./panel/operator";
import { Planner } from "./panel/planner";
import { refusalInWords } from "./panel/refusal";
import { Shortcuts } from "./panel/shortcuts";
import { gravest } from "./panel/zone_alerts";
import { TrafficList } from "./panel/traffic_list";
import { TimeSlider } from "./panel/time_slider";
import { Toasts } from "./panel/toasts";
import { Transport } from "./panel/transport";
import { openZoneList } from "./panel/zone_list";
import { droneColour } from "./palette";
import { PlanChecks } from "./plan_checks";
import { replayState, steerReplay } from "./replay";
import { ScheduleBook } from "./schedule_book";
import type { Schedule } from "./schedule_contract";
import { checkPlan, fenceOfPlan, getControl, getSchedules, reloadIfSignedOut, takeControl, zoneActivity } from "./service";
import { ageInWords } from "./words/figures";
import { language, say, switchLanguage } from "./words/language";
import { timesInWords } from "./words/zone_words";
import { World } from "./world";
import { ZoneTimes } from "./zone_times";

const RATE_HZ = 5;
const HIDDEN_RATE_HZ = 0.5;
const REFRESH_MS = 500;
const CARDS_EVERY_MS = 190;

export class CommandRoom {
  readonly world = new World();
  readonly link: LiveLink;
  readonly map: CommandMap;
  readonly zoneTimes = new ZoneTimes(zoneActivity);
  readonly #planChecks = new PlanChecks({ check: checkPlan, fence: fenceOfPlan }, (planId) =>
    this.world.plans.some((plan) => plan.id === planId),
  );
  readonly #schedules = new ScheduleBook(getSchedules);
  readonly #toasts = new Toasts();
  readonly #control = new ControlKeeper(
    { renew: (droneId, { who, why }) => takeControl(droneId, { action: "renew", who, why }), ask: getControl },
    isOwn,
    () => recallOperator() !== "",
    performance.now(),
  );
  readonly #notices: ControlNotices;
  readonly #desk: CommandDesk;
  readonly #shortcuts: Shortcuts;
  readonly #bannerText = h("span", { "aria-hidden": "true" });
  readonly #bannerNotice = h("span", { class: "visually-hidden" });
  readonly #banner = h("div", { class: "banner", role: "alert", hidden: true }, this.#bannerNotice, this.#bannerText);
  readonly #overlays = h("div", { class: "overlays" });
  readonly #panel = h("div", { class: "panel" });
  readonly #mapArea: HTMLElement;
  readonly #roomMaker = new ResizeObserver(() => this.#makeRoom());
  #header!: Header;
  #list!: DroneList;
  #events!: EventList;
  #traffic!: TrafficList;
  #planner!: Planner;
  #board!: ScheduleBoard;
  #cardsShownMs = 0;
  #slider!: TimeSlider;
  #transport!: Transport;
  #legend!: HTMLElement;
  #legendKey = "";

  constructor(root: HTMLElement) {
    const mapBox = h("div", { class: "map" });
    const mapArea = h("main", { class: "map-area" }, mapBox, this.#overlays, this.#toasts.element, this.#banner);
    this.#mapArea = mapArea;
    root.replaceChildren(mapArea, this.#panel);
    this.map = new CommandMap(mapBox, this.#overlays, this.world);
    this.map.isStale = (id) => {
      const drone = this.world.drones.get(id);
      return !drone || this.#isStale(drone);
    };
    this.map.zoneTimes = () => {
      const timeS = this.zoneTimes.shownS(this.#nowS());
      return {
        isActive: (zone) => this.zoneTimes.isActive(zone, timeS),
        timesOf: (zone) => timesInWords(zone, this.zoneTimes, timeS),
      };
    };
    this.zoneTimes.chosenS.watch(() => this.map.repaint());
    this.map.onClick = (click) => this.#click(click);
    this.#desk = new CommandDesk(this.world, this.#toasts, this.#planChecks, this.#control, (drone) => !this.#isStale(drone));
    this.#notices = new ControlNotices(document.body, {
      onKeep: (droneId) => void this.#desk.answerRequest(droneId, "object"),
      onLetGo: (droneId) => void this.#desk.answerRequest(droneId, "release"),
    });
    this.#control.onLost = (drone, holder) => this.#notices.tellLost(drone, holder);
    for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"] as const) {
      document.addEventListener(kind, () => this.#control.use(performance.now()), { passive: true, capture: true });
    }
    this.#shortcuts = new Shortcuts(this.#keys());
    language.watch(() => this.#build(root, mapArea, mapBox));
    this.map.selectedId.watch(() => this.#refresh(true));
    this.#schedules.shown.watch(() => this.#showSchedule());
    this.#schedules.chosenFlight.watch(() => this.#showSchedule());

    const address = new URL("ws/live", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.link = new LiveLink(address, RATE_HZ, (frame) => this.#receive(frame));
    this.link.onRefused = () => void reloadIfSignedOut();
    this.link.state.watch(() => this.#refresh(true));
    document.addEventListener("visibilitychange", () => this.link.setRate(document.hidden ? HIDDEN_RATE_HZ : RATE_HZ));
    window.setInterval(() => this.#refresh(true), REFRESH_MS);
    this.link.open();
  }

  select(droneId: string | null): void {
    const id = droneId !== null && this.world.drones.has(droneId) ? droneId : null;
    this.map.selectedId.set(id);
    if (id === null) {
      this.map.isFollowing.set(false);
      return;
    }
    this.#list.reveal(id);
    this.map.centreOn(id);
  }

  /** Make every text anew in the page's language. */
  #build(root: HTMLElement, mapArea: HTMLElement, mapBox: HTMLElement): void {
    const hadFocus = this.#header?.languageButton === document.activeElement;
    const wasPlanning = this.#planner?.isOpen === true;
    this.#header?.element.remove();
    this.#planner?.close();
    this.#header = new Header({
      onZones: () => this.#openZones(),
      onPlan: () => this.#togglePlanner(),
      onHelp: () => openHelp(this.#shortcuts),
      onAlarms: () => this.#selectMostUrgent(),
    });
    this.#list = new DroneList(
      (drone) => this.#factsOf(drone),
      {
        onSelect: (id) => this.select(id),
        onAction: (id, action) => void this.#desk.order(id, action),
        onGuard: (id) => void this.#desk.switchGuard(id),
        onControl: (id) => void this.#desk.switchControl(id),
      },
    );
    this.#events = new EventList(
      (id) => this.world.drones.get(id)?.name ?? id,
      (id) => this.world.zone(id),
    );
    this.#traffic = new TrafficList((id) => this.map.centreOnAircraft(id));
    const ofSchedule = {
      onReplan: (schedule: Schedule) => this.#planner.openReplan(schedule, this.#nowS()),
      onDelete: (schedule: Schedule) => void this.#deleteSchedule(schedule),
    };
    this.#planner = new Planner(this.world, this.map, this.#planChecks, this.#schedules, {
      ...ofSchedule,
      onFly: (droneId, planId) => void this.#desk.order(droneId, "start", planId),
    });
    this.#board = new ScheduleBoard(this.#schedules, () => this.world.zones, ofSchedule);
    this.#roomMaker.disconnect();
    this.#roomMaker.observe(this.#board.element);
    root.prepend(this.#header.element);
    mapBox.setAttribute("role", "region");
    mapBox.setAttribute("aria-label", say("map.label"));
    mapArea.setAttribute("aria-label", say("map"));
    this.#slider = new TimeSlider(this.zoneTimes, () => this.#nowS());
    this.#transport = new Transport({
      state: replayState,
      steer: steerReplay,
      onFailed: (reason) => this.#toasts.show("bad", say("transport.failed", { reason })),
    });
    this.#legend = legend([], () => true, { lacksZones: false, hasAircraft: false });
    const foot = h("div", { class: "map-foot" }, this.#transport.element, this.#slider.element, this.#legend);
    this.#overlays.replaceChildren(mapButtons(this.map), foot, this.#planner.element, this.#board.element);
    this.#legendKey = "";
    this.#panel.replaceChildren(this.#list.element, this.#traffic.element, this.#events.element, ...this.#events.announcers);
    this.#events.replace(this.world.events);
    this.#showSchedule();
    if (wasPlanning) this.#planner.open();
    if (hadFocus) this.#header.languageButton.focus();
    this.map.repaint();
    if (this.link) this.#refresh(true);
  }

  #receive(frame: Frame): void {
    const nowMs = performance.now();
    const changes = this.world.apply(frame, nowMs);
    for (const drone of changes.drones) droneColour(drone.id);
    if (this.map.selectedId.value !== null && !this.world.drones.has(this.map.selectedId.value)) this.select(null);
    if (changes.has_zones) {
      this.zoneTimes.forget();
      this.#planChecks.forget();
      this.#planner.forgetBriefings();
    }
    if (changes.has_plans) void this.#schedules.refresh().then(() => this.#showSchedule());
    this.map.show(changes, nowMs);
    if (changes.is_whole) this.#events.replace(this.world.events);
    else if (changes.events.length > 0) this.#events.add(changes.events);
    this.#refresh(changes.is_whole || changes.gone.length > 0 || changes.has_flights);
  }

  #refresh(isUrgent: boolean): void {
    if (!this.link) return;
    const nowMs = performance.now();
    if (!isUrgent && nowMs - this.#cardsShownMs < CARDS_EVERY_MS) return;
    this.#cardsShownMs = nowMs;
    const { world } = this;
    const link = this.link.state.value;
    this.#keepControl(nowMs);
    this.#list.show(world.drones);
    this.#traffic.show(world.sightings(this.map.selectedId.value, nowMs));
    this.#planner.show();
    this.#board.show(this.#nowS());
    this.#transport.show(world.isReplay, nowMs);
    this.#showZoneTimes();
    let flying = 0;
    const alarms = { red: 0, yellow: 0 };
    for (const drone of world.drones.values()) {
      if (drone.is_flying === true) flying += 1;
      const level = gravest(drone.alerts);
      if (level !== null) alarms[level] += 1;
    }
    this.#header.show({
      flying,
      ...alarms,
      drones: world.drones.size,
      isReplay: world.isReplay,
      timeS: this.#nowS(),
      isOpen: link.is_open,
      wasOpen: !link.is_open && link.was_open,
    });
    document.body.classList.toggle("is-cut-off", !link.is_open);
    this.#banner.hidden = link.is_open || !link.was_open;
    if (!link.is_open) {
      const seconds = Math.ceil((link.retry_at_ms - nowMs) / 1000);
      const lost = say("link.banner", { age: ageInWords((nowMs - this.link.lastFrameMs) / 1000) });
      // the counting seconds are for the eye only
      setText(this.#bannerNotice, this.#banner.hidden ? "" : say("link.lost"));
      setText(this.#bannerText, `${lost} ${seconds > 0 ? say("link.retry", { seconds }) : say("link.trying")}`);
    }
    if (isUrgent) this.map.refresh();
  }

  /** Renew what this page has, and say who asks for it. */
  #keepControl(nowMs: number): void {
    const drones = this.world.isReplay || !this.link.state.value.is_open ? [] : [...this.world.drones.values()];
    this.#control.tick(drones, nowMs, !document.hidden);
    const requests = drones.flatMap((drone) => {
      const own = this.#control.stateOf(drone, nowMs, !document.hidden);
      const { request } = drone.control;
      return own && request ? [{ drone, request, passesInS: own.passesInS }] : [];
    });
    this.#notices.show(requests);
  }

  #factsOf(drone: Drone): CardFacts {
    return {
      drone,
      flight: this.world.flightOf(drone.id),
      ageS: this.world.ageS(drone, performance.now()),
      isStale: this.#isStale(drone),
      isReplay: this.world.isReplay,
      isSelected: drone.id === this.map.selectedId.value,
      hasPlan: this.#desk.plansFor(drone).length > 0,
      guard: guardStateOf(drone, this.world.guardDeeds.get(drone.id)),
      control: this.#control.stateOf(drone, performance.now(), !document.hidden),
      zoneOf: (id) => this.world.zone(id),
    };
  }

  #isStale(drone: Drone): boolean {
    const isLive = this.link?.state.value.is_open === true;
    return isStale(drone, this.world.ageS(drone, performance.now()), isLive);
  }

  #click({ place, drone_id, zone_id }: MapClick): void {
    if (this.#planner.isOpen && (this.#planner.isPicking || drone_id === null)) {
      this.#planner.choose(place, zone_id);
    } else {
      this.select(drone_id);
    }
  }

  /** Select the drone with the gravest alert, and of several the one with the least time. */
  #selectMostUrgent(): void {
    const [first] = [...this.world.drones.values()]
      .filter(({ alerts }) => alerts.length > 0)
      .sort((a, b) => urgencyOf(b) - urgencyOf(a));
    if (first) this.select(first.id);
  }

  #nowS(): number {
    return this.world.isReplay ? this.world.timeS : Date.now() / 1000;
  }

  /** Bring slider, legend and map to which zones hold. */
  #showZoneTimes(): void {
    const { zones, isReplay } = this.world;
    const limited = zones.filter(({ properties }) => !properties.is_permanent);
    const nowS = this.#nowS();
    if (limited.length > 0 && this.link.state.value.is_open) {
      void this.zoneTimes.refresh(nowS).then((isNew) => isNew && this.#showZoneTimes());
    }
    this.#slider.show(limited.length > 0);
    const { isActive, timesOf } = this.map.zoneTimes();
    const hasAircraft = this.world.aircraft.size > 0;
    const key = JSON.stringify([hasAircraft, zones.map(lookOf), limited.map((zone) => [zone.id, isActive(zone), timesOf(zone)])]);
    if (key === this.#legendKey) return;
    this.#legendKey = key;
    const fresh = legend(zones, isActive, { lacksZones: !isReplay && zones.length === 0, hasAircraft });
    this.#legend.replaceWith(fresh);
    this.#legend = fresh;
    this.map.repaint();
  }

  #openZones(): void {
    openZoneList(this.world.zones, this.zoneTimes, this.#nowS(), (id) => {
      this.map.chosenZoneId = id;
      this.map.fitZone(id);
      this.map.repaint();
    });
  }

  /** Bring board and map to the schedule that is looked at. */
  #showSchedule(): void {
    this.map.schedule = this.#schedules.routes(this.world.plans);
    this.#board.show(this.#nowS());
    this.#makeRoom();
    this.map.repaint();
  }

  /** What stands above the board makes way for it. */
  #makeRoom(): void {
    const { offsetHeight } = this.#board.element;
    this.#mapArea.style.setProperty("--board-room", offsetHeight > 0 ? `calc(${offsetHeight}px + 0.6rem)` : "0rem");
  }

  async #deleteSchedule(schedule: Schedule): Promise<void> {
    try {
      await askToDelete(schedule, this.#schedules);
    } catch (error) {
      const details = refusalInWords(error, this.world.zones);
      if (details) this.#toasts.show("bad", say("fleet.delete.refused", { id: schedule.id }), details);
      else this.#toasts.show("bad", say("toast.unreachable"));
    }
  }

  #togglePlanner(): void {
    if (this.#planner.isOpen) this.#planner.close();
    else if (!this.world.isReplay) this.#planner.open();
  }

  #keys(): Record<string, () => void> {
    const order = (choose: (drone: Drone) => Action) => () => {
      const drone = this.world.drones.get(this.map.selectedId.value ?? "");
      if (drone) void this.#desk.order(drone.id, choose(drone));
    };
    const keys: Record<string, () => void> = {
      "s": order((drone) => leadAction(this.#desk.plansFor(drone).length > 0)),
      "p": order((drone) => (isPaused(drone) ? "resume" : "pause")),
      "r": order(() => "rtl"),
      "l": order(() => "land"),
      "f": () => this.map.selectedId.value !== null && this.map.isFollowing.set(!this.map.isFollowing.value),
      "0": () => this.map.fitAll(),
      "n": () => this.#togglePlanner(),
      "z": () => this.#openZones(),
      "a": () => this.#selectMostUrgent(),
      "c": () => {
        const answer = this.#notices.element.querySelector<HTMLElement>("button");
        const selected = this.map.selectedId.value;
        if (answer) answer.focus();
        else if (selected !== null) void this.#desk.switchControl(selected);
      },
      "k": () => this.#transport.toggle(),
      "[": () => this.#transport.skip(-1),
      "]": () => this.#transport.skip(1),
      "g": switchLanguage,
      "?": () => openHelp(this.#shortcuts),
      "escape": () => (this.#planner.isOpen ? this.#planner.close() : this.select(null)),
    };
    for (let n = 1; n <= 9; n++) {
      keys[String(n)] = () => this.select([...this.world.drones.keys()][n - 1] ?? null);
    }
    return keys;
  }
}

/** Red before yellow, and then by the time that is left. */
function urgencyOf({ alerts }: Drone): number {
  const seconds = alerts[0]?.time_to_breach_s ?? 1000;
  return (gravest(alerts) === "red" ? 10_000 : 0) - seconds;
}
