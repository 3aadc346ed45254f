/** What an operator should know of a plan before it is uploaded: its way back, its fence, what it meets. */

import type { Plan, ZoneFeature } from "../contract";
import { h, icon, ICONS } from "../element";
import type { CheckedPlan, PlanChecks } from "../plan_checks";
import { Refused } from "../service";
import { Signal } from "../signal";
import { accountInWords, accountLines, returnsInWords } from "../words/fence_words";
import { tenthFigure, wholeFigure, windInWords } from "../words/figures";
import { findingTexts } from "../words/finding_text";
import { say } from "../words/language";

type Tone = "plain" | "heed" | "bad";

export class PlanBriefing {
  readonly element: HTMLElement;
  /** Whether it is all said, and nothing forbids a take-off now. */
  readonly isClear = new Signal(false);
  readonly #checks: PlanChecks;
  readonly #zones: () => readonly ZoneFeature[];
  #plan: Plan | null = null;

  constructor(checks: PlanChecks, zones: () => readonly ZoneFeature[]) {
    this.#checks = checks;
    this.#zones = zones;
    this.element = h("div", { class: "briefing", role: "group", "aria-label": say("briefing") });
  }

  /** Tell of a plan; of none there is nothing to tell. */
  async show(plan: Plan | null): Promise<void> {
    this.#plan = plan;
    this.element.hidden = plan === null;
    this.isClear.set(plan === null);
    if (plan === null) return;
    const known = [...batteryLine(plan), line("plain", ICONS.rtl, returnsInWords(plan.returns))];
    this.element.replaceChildren(...known, line("plain", ICONS.shield, say("briefing.checking")));
    try {
      const checked = await this.#checks.of(plan, Date.now() / 1000);
      if (this.#plan !== plan) return;
      const parts = checked.check.is_legal ? [this.#fence(checked), this.#findings(checked)] : [this.#findings(checked)];
      this.element.replaceChildren(...known, ...parts);
      this.isClear.set(checked.check.is_legal && checked.fence !== null);
    } catch (error) {
      if (this.#plan !== plan) return;
      const reason = error instanceof Refused ? error.message : say("toast.unreachable");
      this.element.replaceChildren(...known, line("heed", ICONS.caution, say("briefing.unchecked", { reason })));
      // the service checks again, and refuses what it must
      this.isClear.set(true);
    }
  }

  #fence({ fence, fenceRefusal }: CheckedPlan): HTMLElement {
    if (!fence) return disclosure("bad", ICONS.shieldOff, say("fence.none"), [h("p", {}, fenceRefusal)]);
    const lines = accountLines(fence.account, this.#zones());
    const words = accountInWords(fence.account, this.#zones());
    if (lines.length === 0) return line("plain", ICONS.shield, words);
    const groups = ([false, true] as const).flatMap((isStricter) => {
      const of = lines.filter((each) => each.isStricter === isStricter);
      if (of.length === 0) return [];
      return [
        h("h4", {}, say(isStricter ? "fence.held" : "fence.watched")),
        h("ul", {}, ...of.map((each) => h("li", {}, h("strong", {}, each.names), say("finding.colon"), each.words))),
      ];
    });
    const isHeeded = lines.some((each) => !each.isStricter);
    return disclosure(isHeeded ? "heed" : "plain", ICONS.shield, words, groups);
  }

  #findings({ check }: CheckedPlan): HTMLElement {
    const texts = findingTexts(check.findings, this.#zones());
    if (texts.length === 0) return line("plain", ICONS.check, say("briefing.clear"));
    const violations = texts.filter(({ isViolation }) => isViolation).length;
    const summary = check.is_legal
      ? say("briefing.heed", { count: texts.length })
      : say("briefing.illegal", { count: violations });
    const list = h(
      "ul",
      {},
      ...texts.map(({ message, remedy, isViolation, others }) =>
        h(
          "li",
          { class: isViolation ? "is-bad" : "" },
          h("strong", {}, message),
          others > 0 && say("finding.more", { count: others }),
          remedy !== "" && h("p", {}, remedy),
        ),
      ),
    );
    const element = disclosure(check.is_legal ? "heed" : "bad", check.is_legal ? ICONS.caution : ICONS.danger, summary, [list]);
    element.open = !check.is_legal;
    return element;
  }
}

/** Time, energy and what is left on landing, as they are read. */
export function batteryFigures(durationS: number, energyWh: number, batteryShare: number): Record<"minutes" | "energy" | "left", string> {
  return {
    minutes: tenthFigure(durationS / 60),
    energy: wholeFigure(energyWh),
    left: wholeFigure(100 * Math.max(0, 1 - batteryShare)),
  };
}

/** What the flight takes of its battery; nothing where it is not predicted. */
function batteryLine({ duration_s, energy_wh, battery_share, keeps_reserve, vehicle, wind }: Plan): HTMLElement[] {
  if (duration_s === null || energy_wh === null || battery_share === null || vehicle === null) return [];
  const values = { ...batteryFigures(duration_s, energy_wh, battery_share), vehicle, wind: windInWords(wind) };
  const key = keeps_reserve === false ? "briefing.battery.short" : "briefing.battery";
  return [line(keeps_reserve === false ? "bad" : "plain", ICONS.battery, say(key, values))];
}

function line(tone: Tone, path: string, words: string): HTMLElement {
  return h("p", { class: `briefing-line is-${tone}` }, icon(path), h("span", {}, words));
}

function disclosure(tone: Tone, path: string, words: string, content: Node[]): HTMLDetailsElement {
  return h(
    "details",
    { class: `briefing-line is-${tone}` },
    h("summary", {}, icon(path), h("span", {}, words), icon(ICONS.open)),
    h("div", { class: "briefing-list" }, ...content),
  );
}
