"""One vehicle: autopilot, airframe and everything it says, without sockets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

from simulator.airframe.ailments import Ailments
from simulator.autopilot.autopilot import Autopilot, Ground, Reports
from simulator.faults.trigger import Place
from simulator.home import Home
from simulator.payload.payload import Payload
from simulator.payload.video_stream import VideoStream
from simulator.protocol.boot_parameters import BootParameters
from simulator.protocol.channel import Channel, Message
from simulator.protocol.commands import Commands
from simulator.protocol.fence_store import FenceStore
from simulator.protocol.ftp_files import FileSystem
from simulator.protocol.ftp_service import FtpService
from simulator.protocol.guided_targets import GuidedTargets
from simulator.protocol.item_transfer import ItemTransfer
from simulator.protocol.log_service import LOG_MESSAGES, LogService
from simulator.protocol.mission_store import MissionStore
from simulator.protocol.parameter_service import ParameterService
from simulator.protocol.parameter_table import ParameterTable
from simulator.protocol.payload_bytes import PayloadBytes, payload_of
from simulator.protocol.rally_store import RallyStore
from simulator.protocol.sensor_messages import SensorMessages
from simulator.protocol.signing import Signing
from simulator.protocol.state_messages import StateMessages, air_pressure_pa, board_id
from simulator.protocol.statistics import Statistics
from simulator.protocol.streams import Streams
from simulator.vehicles import Vehicle, move

TIMESYNC_PERIOD_S = 10.0
TEXT_BYTES = 50
"""What one STATUSTEXT holds."""
SIGNING_EPOCH_UNIX_S = 1_420_070_400
FIRMWARE, FRAME = "ArduCopter V4.6.2 (1ebd4d99)", "Frame: QUAD/PLUS"
EPOCH_UNIX_S = 1_767_225_600.0
"""2026 begins; when a vehicle is switched on, unless it is told otherwise."""

_MISSION_MESSAGES = frozenset(
    {
        "MISSION_COUNT",
        "MISSION_WRITE_PARTIAL_LIST",
        "MISSION_ITEM_INT",
        "MISSION_ITEM",
        "MISSION_REQUEST_LIST",
        "MISSION_REQUEST_INT",
        "MISSION_REQUEST",
        "MISSION_CLEAR_ALL",
    }
)
_PARAMETER_MESSAGES = frozenset({"PARAM_REQUEST_LIST", "PARAM_REQUEST_READ", "PARAM_SET"})


class Copter:
    """A vehicle that is handed messages and steps of simulated time.

    Parameters
    ----------
    system_id : int
    home : Home
        Where it stands when switched on.
    is_quick_boot : bool
        Ready to arm within a simulated second.
    parameters : mapping of str to float, optional
        Values other than the defaults.
    epoch_unix_s : float
        UTC at power-on.
    seed : int
        Of the gusts, which differ by system id and network.
    network : int
        Which of several networks with the same system ids.
    vehicle : Vehicle, optional
        What is steered, where a fleet is moved in one step.
    signing_key : bytes, optional
        Everything is signed with it, and nothing accepted unsigned.
    """

    def __init__(
        self,
        system_id: int,
        home: Home,
        *,
        is_quick_boot: bool = False,
        parameters: Mapping[str, float] | None = None,
        epoch_unix_s: float = EPOCH_UNIX_S,
        seed: int = 0,
        network: int = 0,
        vehicle: Vehicle | None = None,
        signing_key: bytes | None = None,
    ) -> None:
        self._home = home
        self.ground: Ground | None = None
        """The world's, known to the autopilot from the next power-on."""
        self._video: VideoStream | None = None
        self._gimbal_pitch_deg = 0.0
        self._tunes: list[str] = []
        self._is_quick_boot = is_quick_boot
        self._epoch_unix_s = epoch_unix_s
        self._vehicle = Vehicle() if vehicle is None else vehicle
        self._row = self._vehicle.as_array()
        self._gust_seed = f"{seed}-{system_id}" if network == 0 else f"{seed}-{network}-{system_id}"
        self.ailments = Ailments()
        self.parameters = ParameterTable()
        self.parameters["SYSID_THISMAV"] = system_id
        for name, value in (parameters or {}).items():
            self.parameters[name] = value
        self.channels: list[Channel] = []
        self._links = 0
        self.signing = Signing(signing_key, round((epoch_unix_s - SIGNING_EPOCH_UNIX_S) * 1e5))
        self.wants_reboot = False
        self._texts: list[tuple[int, str]] = []
        self._text_id = 0
        self._mission_changed = False
        self._parameter_service = ParameterService(self.parameters, self._broadcast)
        self.mission = MissionStore(
            home=lambda: self.autopilot.home_e7,
            say=self._say,
            on_total=lambda total: self._parameter_service.assign("MIS_TOTAL", total),
            on_change=self._note_mission_change,
            may_clear=lambda: (
                not (self.autopilot.mode is self.autopilot.auto and self.autopilot.auto.is_running)
            ),
            flown=lambda: self.autopilot.auto.current_seq,
        )
        self.fence_store = FenceStore(
            say=self._say,
            on_total=lambda total: self._parameter_service.assign("FENCE_TOTAL", total),
            on_change=lambda: self.autopilot.fence.use(self.fence_store.areas),
        )
        self.rally = RallyStore(on_total=lambda total: self._parameter_service.assign("RALLY_TOTAL", total))
        self._transfers: dict[int, ItemTransfer] = {}
        self.power_on()

    def power_on(self) -> None:
        """Boot; parameters, mission, fence and rally points are kept from before."""
        self.wants_reboot = False
        self.parameters.restart()
        self.signing.power_on()
        self._texts.clear()
        self._mission_changed = False
        self.autopilot = Autopilot(
            self._home,
            self.parameters,
            self.mission,
            self.rally,
            Reports(say=self._say, announce=self._announce, reached=self._report_reached),
            self._vehicle,
            is_quick_boot=self._is_quick_boot,
            gust_seed=self._gust_seed,
            ailments=self.ailments,
        )
        self.autopilot.ground = self.ground
        self.autopilot.fence.use(self.fence_store.areas)
        self.streams = Streams(
            self.autopilot,
            StateMessages(self.autopilot, self._epoch_unix_s),
            lambda channel: any(transfer.is_asking(channel) for transfer in self._transfers.values()),
        )
        self._boot_parameters = BootParameters(
            self._parameter_service.assign,
            self.parameters.__getitem__,
            pressure_pa=air_pressure_pa(self._home.alt_amsl_m),
        )
        if self._is_quick_boot:
            self._boot_parameters.step(lambda _: True)
            self._parameter_service.forget_changes()
        self._statistics = Statistics(self.autopilot, self._parameter_service.assign)
        self.streams.messages.add(SensorMessages(self.autopilot).builders)
        self.payload = Payload(self.autopilot, self._broadcast)
        self._fit_sight()
        self.streams.messages.add(self.payload.builders)
        self.autopilot.carried = self.payload.handlers
        self._commands = Commands(
            self.autopilot, self.streams, self._ask_reboot, self._say_banner, self.payload.handlers
        )
        self._targets = GuidedTargets(self.autopilot)
        self._logs = LogService(lambda: self.autopilot.is_armed, self._say)
        self._transfers = {
            store.mission_type: ItemTransfer(store, self._say)
            for store in (self.mission, self.fence_store, self.rally)
        }
        self._ftp = FtpService(
            FileSystem(
                {"mission.dat": self.mission, "fence.dat": self.fence_store, "rally.dat": self.rally},
                self.parameters,
                self._parameter_service.assign,
            ),
            self._say_banner,
        )
        self._is_transferring = False
        self._next_timesync_s = TIMESYNC_PERIOD_S
        for channel in self.channels:
            channel.due_s.clear()
            channel.schedule_revision = -1

    def settle(self, ground: Ground, alt_amsl_m: float, gimbal_pitch_deg: float) -> None:
        """Boot again on a world's ground, with the gimbal pointing as told."""
        self.ground = ground
        self._home = replace(self._home, alt_amsl_m=alt_amsl_m)
        self._gimbal_pitch_deg = gimbal_pitch_deg
        self.power_on()

    def show(self, video: VideoStream) -> None:
        """Tell from now on where its camera's pictures can be had."""
        self._video = video
        self._fit_sight()

    def _fit_sight(self) -> None:
        if self.payload.camera is not None:
            self.payload.camera.video = self._video
        if self.payload.gimbal is not None and not self.autopilot.now_s:
            self.payload.gimbal.point_down(self._gimbal_pitch_deg)

    def reboot_where_it_is(self) -> None:
        """Boot at once, on the ground or in the air; the motors stand still, and the mode is the first again."""
        vehicle = self._vehicle
        body, battery = vehicle.body.copied(), vehicle.battery.copied()
        body.north_m, body.east_m = self.autopilot.true_place_m
        body.are_motors_on = False
        self.power_on()
        vehicle.body, vehicle.battery = body, battery
        self.autopilot.heading.hold(vehicle.body)

    @property
    def true_place(self) -> Place:
        """Where it really is, whatever it takes itself to be at."""
        autopilot = self.autopilot
        lat_e7, lon_e7 = autopilot.frame.to_e7(*autopilot.true_place_m)
        return Place(lat_e7 * 1e-7, lon_e7 * 1e-7, autopilot.body.up_m)

    @property
    def system_id(self) -> int:
        """SYSID_THISMAV."""
        return int(self.parameters["SYSID_THISMAV"])

    def attach(self, channel: Channel) -> None:
        """Speak on a channel from now on."""
        channel.use_identity(self.system_id)
        channel.use_signing(self.signing, self._links % 256)
        self._links += 1
        self.channels.append(channel)

    def hear_aircraft(self, message: Message) -> None:
        """Pass on what an ADS-B receiver hears, where there is one."""
        if self.parameters["ADSB_TYPE"] > 0:
            self._broadcast(message)

    def taken_tunes(self) -> list[str]:
        """Hand out the tunes that were to be played since the last time."""
        tunes, self._tunes = self._tunes, []
        return tunes

    def detach(self, channel: Channel) -> None:
        """Speak there no more."""
        if channel in self.channels:
            self.channels.remove(channel)
        for transfer in self._transfers.values():
            transfer.forget_channel(channel)

    # --- time and messages -------------------------------------------------------------------------------------

    def step(self, dt: float, link_dt: float | None = None) -> None:
        """Advance by `dt` of simulated time and queue what is due.

        `link_dt` is how much time passes for ground stations meanwhile: less than `dt` when sped up. Retries and
        timeouts of transfers count that, so that a station has as long to answer as it has on a real link.
        """
        self.autopilot.think(dt, dt if link_dt is None else link_dt)
        move(self._row, dt)
        self.speak(dt)

    def speak(self, dt: float) -> None:
        """Queue what is due after the autopilot has thought and the vehicle has moved for `dt`."""
        autopilot = self.autopilot
        if self._vehicle.has_hit_ground or autopilot.is_aligning:
            autopilot.notice_motion()
        if self.payload.is_carried:
            self.payload.step(dt)
        autopilot.outputs.step(autopilot.now_s)
        self._boot_parameters.step(autopilot.boot.has_passed)
        self._statistics.step(dt)
        if self._is_transferring:
            self._go_on_transferring()
        if self._texts:
            self._say_texts()
        now_s = autopilot.now_s
        if now_s >= self._next_timesync_s:
            self._next_timesync_s += TIMESYNC_PERIOD_S
            self._broadcast(dialect.MAVLink_timesync_message(0, round(now_s * 1e9) + self.system_id))
        revision = self.parameters.revision
        for channel in self.channels:
            if now_s >= channel.next_due_s or channel.schedule_revision != revision:
                self.streams.send_due(channel)
            if channel.parameters_from is not None:
                self._parameter_service.send_list(channel)

    def _go_on_transferring(self) -> None:
        link_s = self.autopilot.link_s
        for transfer in self._transfers.values():
            transfer.handle_timer(link_s)
        self._ftp.go_on(link_s)
        self._is_transferring = self._ftp.is_busy or any(
            transfer.is_receiving for transfer in self._transfers.values()
        )

    def flush(self) -> None:
        """Hand all that is queued to the links."""
        for channel in self.channels:
            channel.flush()

    def handle_message(self, message: Message, channel: Channel) -> None:
        """Handle a message of a ground station; what is not for this vehicle is left alone."""
        target = getattr(message, "target_system", 0)
        if target not in (0, self.system_id) or getattr(message, "target_component", 0) not in (0, 1):
            return
        if message.get_srcSystem() == self.system_id or not self.signing.accepts(message):
            return
        self._dispatch(message, channel)
        if self._mission_changed:
            self._mission_changed = False
            if self.autopilot.mode is self.autopilot.auto:
                self._say_texts()
                self.autopilot.auto.restart_item()
        self._say_texts()

    def _dispatch(self, message: Message, channel: Channel) -> None:
        name = message.get_type()
        if name in ("MISSION_ITEM", "MISSION_ITEM_INT") and message.current in (2, 3):
            self._targets.receive_item(message, channel)
        elif name in _MISSION_MESSAGES:
            self._hand_to_transfer(message, channel)
        elif name in _PARAMETER_MESSAGES:
            self._parameter_service.receive_message(message, channel)
            if name == "PARAM_REQUEST_LIST":
                self._say_banner()
            for each in self.channels:
                each.use_identity(self.system_id)
        elif name in ("COMMAND_LONG", "COMMAND_INT"):
            self._commands.handle(message, channel)
        elif name in LOG_MESSAGES:
            self._logs.receive_message(message, channel)
        elif name in ("SET_POSITION_TARGET_GLOBAL_INT", "SET_POSITION_TARGET_LOCAL_NED"):
            self._targets.receive_target(message)
        elif name == "SET_ATTITUDE_TARGET":
            self._targets.receive_attitude(message)
        else:
            handler = getattr(self, f"_on_{name.lower()}", None)
            if handler is not None:
                handler(message, channel)

    def _hand_to_transfer(self, message: Any, channel: Channel) -> None:
        transfer = self._transfers.get(message.mission_type)
        if transfer is not None:
            self._is_transferring = True
            transfer.receive_message(message, channel, self.autopilot.link_s)
            return
        is_clear = message.get_type() == "MISSION_CLEAR_ALL"
        result: int = dialect.MAV_MISSION_UNSUPPORTED
        if is_clear and message.mission_type == dialect.MAV_MISSION_TYPE_ALL:
            done = [transfer.clear() for transfer in self._transfers.values()]
            result = dialect.MAV_MISSION_ACCEPTED if all(done) else dialect.MAV_MISSION_ERROR
        channel.send(
            dialect.MAVLink_mission_ack_message(
                message.get_srcSystem(), message.get_srcComponent(), result, message.mission_type
            )
        )

    def _on_heartbeat(self, message: Any, _: Channel) -> None:
        if message.get_srcSystem() == int(self.parameters["SYSID_MYGCS"]):
            self.autopilot.failsafe.hear_station(self.autopilot.link_s)

    def _on_set_mode(self, message: Any, _: Channel) -> None:
        if message.base_mode & dialect.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED:
            self.autopilot.change_mode(message.custom_mode)

    def _on_mission_set_current(self, message: Any, _: Channel) -> None:
        self.autopilot.auto.jump_to(message.seq)

    def _on_request_data_stream(self, message: Any, channel: Channel) -> None:
        rate = float(message.req_message_rate) if message.start_stop else 0.0
        self.streams.set_group_rate(channel, message.req_stream_id, rate)

    def _on_timesync(self, message: Any, channel: Channel) -> None:
        if message.tc1 == 0:
            now_ns = round(self.autopilot.now_s * 1e9)
            channel.send(dialect.MAVLink_timesync_message(now_ns, message.ts1))

    def _on_rc_channels_override(self, message: Any, _: Channel) -> None:
        self.autopilot.sticks.override([getattr(message, f"chan{number}_raw") for number in range(1, 9)])

    def _on_play_tune(self, message: Any, _: Channel) -> None:
        self._tunes.append(message.tune + message.tune2)

    def _on_setup_signing(self, message: Any, _: Channel) -> None:
        if self.autopilot.is_armed:
            self._say(dialect.MAV_SEVERITY_WARNING, "ERROR: Won't setup signing when armed")
        else:
            self.signing.set_up(message)

    def _on_manual_control(self, message: Any, _: Channel) -> None:
        if message.target == self.system_id:
            self.autopilot.sticks.override(
                [
                    1500 + message.y // 2 if abs(message.y) <= 1000 else 65535,
                    1500 - message.x // 2 if abs(message.x) <= 1000 else 65535,
                    1000 + message.z if 0 <= message.z <= 1000 else 65535,
                    1500 + message.r // 2 if abs(message.r) <= 1000 else 65535,
                ]
            )

    def _on_file_transfer_protocol(self, message: Any, channel: Channel) -> None:
        self._is_transferring = True
        self._ftp.receive_message(message, channel, self.autopilot.link_s)

    # --- saying ------------------------------------------------------------------------------------------------

    def _broadcast(self, message: Message | PayloadBytes) -> None:
        payload = message if isinstance(message, PayloadBytes) else payload_of(message)
        for channel in self.channels:
            channel.send(payload)

    def _say(self, severity: int, text: str) -> None:
        self._texts.append((severity, text))

    def _say_banner(self) -> None:
        for text in (FIRMWARE, board_id(self.system_id), FRAME):
            self._say(dialect.MAV_SEVERITY_INFO, text)

    def _say_texts(self) -> None:
        # Texts leave after the answer to the message that caused them, as on the real vehicle.
        texts, self._texts = self._texts, []
        for severity, text in texts:
            for message in self._statustexts(severity, text.encode("utf-8")):
                self._broadcast(message)
        self._parameter_service.tell_changes()

    def _statustexts(self, severity: int, text: bytes) -> list[Message]:
        """Cut a long text into numbered pieces; the last is not full, so that its end is known."""
        if len(text) <= TEXT_BYTES:
            return [dialect.MAVLink_statustext_message(severity, text)]
        self._text_id = self._text_id % 65535 + 1
        return [
            dialect.MAVLink_statustext_message(
                severity, text[start : start + TEXT_BYTES], self._text_id, number
            )
            for number, start in enumerate(range(0, len(text) + 1, TEXT_BYTES))
        ]

    def _announce(self, name: str) -> None:
        message = self.streams.messages.build(getattr(dialect, f"MAVLINK_MSG_ID_{name}"))
        if message is not None:
            self._broadcast(message)

    def _report_reached(self, seq: int) -> None:
        self._broadcast(dialect.MAVLink_mission_item_reached_message(seq))

    def _note_mission_change(self) -> None:
        self._mission_changed = True

    def _ask_reboot(self) -> None:
        self.wants_reboot = True
