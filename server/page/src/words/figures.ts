/** Numbers as people read them; an unknown one is a dash. */

import type { Wind } from "../contract";
import { language, say } from "./language";

export const UNKNOWN = "–";

export function wholeFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const rounded = Math.round(value);
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}

export function tenthFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const text = value.toFixed(1);
  return (text === "-0.0" ? "0.0" : text).replace("-", "−");
}

export function lengthInWords(metres: number): string {
  const isZh = language.value === "zh";
  if (metres < 1000) return `${Math.round(metres)} ${isZh ? "米" : "m"}`;
  return `${(metres / 1000).toFixed(1)} ${isZh ? "公里" : "km"}`;
}

export function ageInWords(seconds: number): string {
  const isZh = language.value === "zh";
  if (seconds < 10) return `${seconds.toFixed(seconds < 3 ? 1 : 0)} ${isZh ? "秒" : "s"}`;
  if (seconds < 120) return `${Math.round(seconds)} ${isZh ? "秒" : "s"}`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} ${isZh ? "分钟" : "min"}`;
  return `${Math.round(seconds / 3600)} ${isZh ? "小时" : "h"}`;
}

export function clockTime(timeS: number): string {
  const time = new Date(timeS * 1000);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

export function calendarDate(timeS: number): string {
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  const form: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
  return new Intl.DateTimeFormat(locale, form).format(timeS * 1000);
}

export function windInWords(wind: Wind | null): string {
  if (wind === null || wind.speed_m_s + wind.gusts_m_s === 0) return say("wind.calm");
  const speed = tenthFigure(wind.speed_m_s).replace(/\.0$/, "");
  return say("wind.from", { speed, from: wholeFigure(wind.from_deg) });
}
