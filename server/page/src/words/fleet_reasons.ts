/** Why something is not flown, and what drones do besides: the service's sentences, in Chinese where they are known. */

import { language } from "./language";

const ZH: readonly (readonly [RegExp, string])[] = [
  [/^out of reach: it leaves the legal space that is connected with the pads$/, "无法到达：超出与起降点相连的合规空域"],
  [/^no part of it can be reached from the pads without leaving legal space$/, "从起降点出发，任何部分都无法合规到达"],
  [/^Move it, lower the margin, or take another altitude$/, "移动它、减小安全距离或改变高度"],
  [/^no drone has time and batteries left for it beside the others$/, "与其他任务并行时，没有无人机尚有时间和电池"],
  [/^Add drones or batteries, or give it more time or a higher priority$/, "增加无人机或电池，或给它更多时间、更高优先级"],
  [/^out of reach: there and back takes (\S+) Wh, and at most (\S+) Wh may be used$/, "无法到达：往返需 $1 瓦时，最多可用 $2 瓦时"],
  [/^Fly it from a nearer pad, with a larger battery, or in pieces$/, "从更近的起降点、用更大的电池或分段飞行"],
  [/^its window ends at (\S+) s, and no drone can end it before (\S+) s$/, "时段在第 $1 秒结束，最早要到第 $2 秒才能完成"],
  [/^Give it a later end$/, "推迟其结束时间"],
  [/^no drone that may fly it has a battery left.*$/, "可执行的无人机没有电池，或来不及在排班或最长航时结束前返回"],
  [/^Add batteries or time$/, "增加电池或时间"],
  [/^there is no drone$/, "没有无人机"],
  [/^Add a drone$/, "增加无人机"],
  [/^no drone has what it needs: (.*)$/, "没有无人机具备所需能力：$1"],
  [/^Add a drone that has$/, "增加具备该能力的无人机"],
  [/^none of the drones it is kept for \((.*)\) can fly it$/, "指定的无人机（$1）均无法执行"],
  [/^Allow other drones$/, "允许其他无人机执行"],
  [/^no departure of its flight keeps the separation from all others$/, "任何起飞时刻都无法与其他架次保持间隔"],
  [/^Allow more layers or a longer window, or take fewer drones$/, "增加高度层、延长时段或减少无人机"],
  [/^(\S+) m of it lie outside of legal space; its other parts are flown$/, "其中 $1 米超出合规空域，其余部分照常飞行"],
  [/^Fly them when the zone is lifted$/, "待区域解除后再飞"],
  [/^its reserve is not kept: home takes (\S+) Wh of the (\S+) Wh over it$/, "无法保留备用电量：返回需 $1 瓦时，可用 $2 瓦时"],
  [/^it is (\S+) m outside of legal space, and leaves by the shortest way$/, "位于合规空域外 $1 米，将走最短路径离开"],
  [/^breaks off (.*), which leaves legal space now$/, "中止 $1：现已超出合规空域"],
  [/^breaks off (.*): its rest and the way home take (\S+) Wh$/, "中止 $1：剩余部分与返回共需 $2 瓦时"],
];

/** The service's sentence in the page's language; one that the page does not know stays as it is. */
export function reasonInWords(sentence: string): string {
  if (language.value === "en") return sentence;
  const found = ZH.find(([pattern]) => pattern.test(sentence));
  return found ? sentence.replace(found[0], found[1]) : sentence;
}
