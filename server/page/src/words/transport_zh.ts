import type { TransportWordKey } from "./transport_en";

export const transportZh: Record<TransportWordKey, string> = {
  "transport": "回放控制",
  "transport.play": "播放",
  "transport.pause": "暂停回放",
  "transport.position": "录像位置",
  "transport.speed": "速度",
  "transport.fastest": "最快",
  "transport.failed": "无法控制回放：{reason}",
};
