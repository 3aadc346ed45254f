"""The words of the report in Chinese and English."""

import html
from typing import Literal

from geofence.verification.finding import FindingCode
from geofence.zone import ZoneKind
from missions.plan.item import Command
from missions.report.gantt import BarKind, Gantt

Language = Literal["zh", "en"]

WORDS = {
    "report": ("飞行计划报告", "Flight plan report"),
    "items": ("航点", "Items"),
    "flights": ("架次", "Flights"),
    "length": ("航程", "Length"),
    "duration": ("飞行时间", "Flight time"),
    "estimated": ("按速度估算", "estimated from speed"),
    "coverage": ("覆盖", "Covered"),
    "speed": ("速度", "Speed"),
    "pattern": ("方式", "Pattern"),
    "verdict": ("校验", "Verification"),
    "swath": ("幅宽", "Swath"),
    "margin": ("边距", "Margin"),
    "altitude": ("高度", "Altitude"),
    "energy": ("能耗", "Energy"),
    "legal": ("符合空域限制", "Legal over its zones"),
    "illegal": ("违反空域限制", "Violates its zones"),
    "unchecked": ("未校验", "Not verified"),
    "map": ("航线图", "Map"),
    "time": ("时间", "Time"),
    "play": ("播放", "Play"),
    "home": ("起降点", "Take-off and landing"),
    "profile": ("高度剖面（相对起降点）", "Altitude profile (above home)"),
    "flight_line": ("航线", "Route"),
    "ground": ("地面", "Ground"),
    "ground_unknown": ("未给地形：按平地绘制", "No terrain given: drawn over level ground"),
    "ceiling": ("允许区上限", "Ceiling of inclusion zones"),
    "floor": ("允许区下限", "Floor of inclusion zones"),
    "forbidden": ("禁飞高度", "Forbidden altitudes"),
    "limit": ("离地 120 m", "120 m above ground"),
    "distance": ("航程", "Distance"),
    "battery": ("电池", "Battery"),
    "reserve": ("返航余量", "Reserve"),
    "left": ("剩余电量", "Energy left"),
    "schedule": ("时间表", "Schedule"),
    "findings": ("校验结果", "Findings"),
    "remedy": ("处理", "Remedy"),
    "violation": ("违规", "Violation"),
    "advice": ("建议", "Advice"),
    "table": ("任务项", "Mission items"),
    "seq": ("序号", "No."),
    "command": ("指令", "Command"),
    "place": ("位置", "Place"),
    "leg": ("航段", "Leg"),
    "above_home": ("相对起降点", "above home"),
    "above_sea": ("海拔", "above sea"),
    "above_ground": ("离地", "above ground"),
    "here": ("原地", "on the spot"),
    "flight": ("架次", "Flight"),
    "takes_off": ("起飞", "Takes off"),
    "lands": ("落地", "Lands"),
    "tasks": ("任务数", "Tasks"),
    "left_at_landing": ("落地剩余电量", "Left at landing"),
    "unserved": ("未能安排", "Not flown by anybody"),
    "item": ("任务项", "item"),
    "print": ("打印", "Print"),
}
"""By key, Chinese and English."""

PATTERNS = {
    "area": ("区域巡逻", "Area patrol"),
    "perimeter": ("周界巡逻", "Perimeter patrol"),
    "corridor": ("走廊巡逻", "Corridor patrol"),
    "lines": ("巡线", "Patrol lines"),
    "points": ("巡点", "Points of interest"),
    "orbit": ("环绕", "Orbit"),
    "spiral": ("螺旋", "Spiral"),
    "expanding_square": ("扩展方形搜索", "Expanding square search"),
    "sector_search": ("扇形搜索", "Sector search"),
}
"""By the name that a plan gives its pattern."""

ROUTES = {
    "transit": ("转场", "Transit"),
    "coverage": ("覆盖", "Coverage"),
    "perimeter": ("周界", "Perimeter"),
    "corridor": ("走廊", "Corridor"),
    "line": ("巡线", "Patrol line"),
    "visit": ("前往巡点", "To a point"),
    "orbit": ("环绕", "Orbit"),
    "search": ("搜索", "Search"),
}
"""By the value of a kind of route."""

ZONES = {
    ZoneKind.INCLUSION: ("允许区", "Inclusion zone"),
    ZoneKind.EXCLUSION: ("禁飞区", "Exclusion zone"),
    ZoneKind.ADVISORY: ("提示区", "Advisory zone"),
}

BARS = {
    BarKind.TAKEOFF: ("起飞", "Take-off"),
    BarKind.FLIGHT: ("飞行", "Flight"),
    BarKind.TRANSIT: ("转场", "Transit"),
    BarKind.TASK: ("任务", "Task"),
    BarKind.LANDING: ("降落", "Landing"),
    BarKind.SWAP: ("换电池", "Battery swap"),
    BarKind.WAIT: ("等待", "Waiting"),
    BarKind.WINDOW: ("时间窗", "Time window"),
}

COMMANDS = {
    int(Command.NAV_WAYPOINT): ("飞往航点", "Fly to waypoint"),
    int(Command.NAV_LOITER_UNLIM): ("无限盘旋", "Loiter without end"),
    int(Command.NAV_LOITER_TURNS): ("盘旋若干圈", "Circle"),
    int(Command.NAV_LOITER_TIME): ("定时盘旋", "Loiter for a time"),
    int(Command.NAV_RETURN_TO_LAUNCH): ("返航", "Return to launch"),
    int(Command.NAV_LAND): ("降落", "Land"),
    int(Command.NAV_TAKEOFF): ("起飞", "Take off"),
    int(Command.NAV_SPLINE_WAYPOINT): ("样条航点", "Spline waypoint"),
    int(Command.NAV_DELAY): ("延时", "Wait"),
    int(Command.CONDITION_DELAY): ("延时后继续", "Wait before the next command"),
    int(Command.CONDITION_YAW): ("转向", "Turn to heading"),
    int(Command.DO_JUMP): ("跳转", "Jump to item"),
    int(Command.DO_CHANGE_SPEED): ("改变速度", "Change speed"),
    int(Command.DO_SET_ROI_LOCATION): ("注视目标", "Look at a place"),
    int(Command.DO_SET_ROI_NONE): ("取消注视", "Look ahead"),
    181: ("继电器", "Set relay"),
    182: ("重复继电器", "Repeat relay"),
    183: ("舵机输出", "Set servo"),
    184: ("重复舵机", "Repeat servo"),
    203: ("拍照", "Take photograph"),
    205: ("云台姿态", "Point gimbal"),
    206: ("按距离拍照", "Photograph at distances"),
    1000: ("云台姿态", "Point gimbal"),
    2000: ("开始拍照", "Start photographs"),
    2001: ("停止拍照", "Stop photographs"),
    2500: ("开始录像", "Start video"),
    2501: ("停止录像", "Stop video"),
}
"""By MAV_CMD (MAVLink common.xml)."""

FINDINGS = {
    FindingCode.OUTSIDE_INCLUSION: ("飞出允许区", "Outside the inclusion zones"),
    FindingCode.INSIDE_EXCLUSION: ("进入禁飞区", "Inside an exclusion zone"),
    FindingCode.MARGIN: ("边距不足", "Too close to a boundary"),
    FindingCode.ABOVE_CEILING: ("超出上限", "Above a ceiling"),
    FindingCode.BELOW_FLOOR: ("低于下限", "Below a floor"),
    FindingCode.ABOVE_LEGAL_LIMIT: ("超出法定高度", "Above the legal limit"),
    FindingCode.UNKNOWN_ALTITUDE: ("高度未知", "Altitude not known"),
    FindingCode.OUTSIDE_HOURS: ("不在时段内", "Outside its hours"),
    FindingCode.UNKNOWN_TIME: ("时间未知", "Time not known"),
    FindingCode.TERRAIN: ("离地过近", "Too close to the ground"),
    FindingCode.UNKNOWN_TERRAIN: ("地形未知", "Ground not known"),
    FindingCode.CORNER: ("转弯切入禁区", "A turn is cut"),
    FindingCode.CIRCLE: ("绕圈偏入禁区", "A circle is not kept to"),
    FindingCode.TRACKING: ("偏航风险", "Overshoot or drift"),
    FindingCode.ADVISORY: ("进入提示区", "In an advisory zone"),
    FindingCode.UNSUPPORTED_ITEM: ("不支持的任务项", "Item that cannot be followed"),
    FindingCode.MANY_ITEMS: ("任务项过多", "Many items"),
    FindingCode.NOT_COVERED: ("未覆盖", "Not covered"),
    FindingCode.RESERVE: ("突破电量储备", "The reserve of the battery is touched"),
    FindingCode.RETURN_CROSSES: ("返航穿越禁飞区", "The way back crosses an exclusion zone"),
    FindingCode.RETURN_OUTSIDE: ("返航飞出允许区", "The way back leaves the inclusion zones"),
    FindingCode.RETURN_MARGIN: ("返航边距不足", "The way back is too close to a boundary"),
    FindingCode.RETURN_ABOVE: ("返航超高", "The way back is too high"),
    FindingCode.RETURN_BELOW_FLOOR: ("返航过低", "The way back is too low"),
    FindingCode.RETURN_TERRAIN: ("返航离地过近", "The way back is too close to the ground"),
    FindingCode.RETURN_UNKNOWN_ALTITUDE: ("返航高度未知", "Altitude of the way back not known"),
    FindingCode.RETURN_ADVISORY: ("降落在提示区", "Would land in an advisory zone"),
    FindingCode.RETURN_OVERFLOW: ("航迹超出记忆", "More corners than the vehicle remembers"),
}


def say(key: str) -> str:
    """Give one of the words as HTML in both languages; the page shows one of them."""
    return both(WORDS[key])


def both(pair: tuple[str, str]) -> str:
    """Give a pair of texts as HTML in both languages."""
    chinese, english = (html.escape(text) for text in pair)
    return f'<span lang="zh">{chinese}</span><span lang="en">{english}</span>'


def svg_both(pair: tuple[str, str]) -> str:
    """Give a pair of texts as the inside of an SVG text in both languages."""
    chinese, english = (html.escape(text) for text in pair)
    return f'<tspan lang="zh">{chinese}</tspan><tspan lang="en">{english}</tspan>'


def command_words(command: int) -> tuple[str, str]:
    """Say a command."""
    return COMMANDS.get(command, (f"MAV_CMD {command}", f"MAV_CMD {command}"))


def finding_words(code: FindingCode) -> tuple[str, str]:
    """Say the kind of a finding."""
    return FINDINGS.get(code, (code.value, code.value))


def clock(seconds: float) -> str:
    """Write a span of time as minutes and seconds, or hours, minutes and seconds."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def moment(gantt: Gantt, time_s: float, *, is_short: bool = False) -> str:
    """Write a time of a chart: of the day where that is known, to the minute where it is short."""
    if gantt.begins_clock_s is None:
        return clock(time_s)
    whole = round(gantt.begins_clock_s + time_s) % 86_400
    minutes = f"{whole // 3600:02d}:{whole // 60 % 60:02d}"
    return minutes if is_short else f"{minutes}:{whole % 60:02d}"
