import type { Language } from "./language";

/** ArduCopter's flight modes in words (https://ardupilot.org/copter/docs/flight-modes.html). */
const MODES: Record<string, readonly [en: string, zh: string]> = {
  STABILIZE: ["Stabilize", "自稳"],
  ACRO: ["Acro", "特技"],
  ALT_HOLD: ["Altitude hold", "定高"],
  AUTO: ["Auto", "自动"],
  GUIDED: ["Guided", "引导"],
  LOITER: ["Loiter", "悬停"],
  RTL: ["Return", "返航"],
  CIRCLE: ["Circle", "环绕"],
  LAND: ["Land", "降落"],
  DRIFT: ["Drift", "飘移"],
  SPORT: ["Sport", "运动"],
  FLIP: ["Flip", "翻转"],
  AUTOTUNE: ["Autotune", "自动调参"],
  POSHOLD: ["Position hold", "定点"],
  BRAKE: ["Brake", "刹停"],
  THROW: ["Throw", "抛飞"],
  AVOID_ADSB: ["Avoiding traffic", "避让"],
  GUIDED_NOGPS: ["Guided, no GPS", "无定位引导"],
  SMART_RTL: ["Smart return", "智能返航"],
  FLOWHOLD: ["Flow hold", "光流定点"],
  FOLLOW: ["Follow", "跟随"],
  ZIGZAG: ["Zigzag", "之字"],
  SYSTEMID: ["System test", "系统辨识"],
  AUTOROTATE: ["Autorotation", "自旋降落"],
  AUTO_RTL: ["Auto return", "自动返航"],
  TURTLE: ["Turtle", "翻正"],
};

/** The mode in words, or the autopilot's own word where there is none. */
export function modeInWords(mode: string, language: Language): string {
  const words = MODES[mode];
  if (!words) return mode;
  return language === "zh" ? words[1] : words[0];
}

/** Words and the autopilot's own word, which is left out where it says the same. */
export function modeInFull(mode: string, language: Language): string {
  const words = modeInWords(mode, language);
  return words.toUpperCase() === mode ? words : `${words} ${mode}`;
}

/** Modes in which a copter hovers on the spot. */
export const HOVERING: ReadonlySet<string> = new Set(["LOITER", "BRAKE", "POSHOLD"]);

/** Modes in which it is on its way home. */
export const RETURNING: ReadonlySet<string> = new Set(["RTL", "SMART_RTL", "AUTO_RTL"]);
