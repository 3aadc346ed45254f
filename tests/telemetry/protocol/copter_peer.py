"""A simulated copter as the other end of a wire in memory."""

from simulator.copter import Copter
from simulator.home import DEFAULT_HOME
from simulator.protocol.channel import Channel, MessageReader
from telemetry.wire.codec import Encoder, FrameScanner, decode

STEP_S = 0.1


class CopterPeer:
    """Takes and gives messages of ours; streams, texts and heartbeats are left out unless `says_all`."""

    def __init__(self, *, own=(255, 190), says_all=False):
        self.copter = Copter(1, DEFAULT_HOME, is_quick_boot=True)
        self.copter.step(STEP_S)
        self.out = []
        self.says_all = says_all
        self.next_s = None
        self._encoder = Encoder(*own)
        self._reader = MessageReader()
        self._scanner = FrameScanner()
        self.channel = Channel(self._take)
        self.copter.attach(self.channel)

    def _take(self, data):
        for frame in self._scanner.feed(data):
            message = decode(frame)
            if self.says_all or message.name.startswith(("FILE_", "MISSION_", "PARAM_")):
                self.out.append(message)

    def receive_message(self, message, now_s):
        if self.next_s is None:
            self.next_s = now_s + STEP_S
        for received in self._reader.feed(self._encoder.encode(message)):
            self.copter.handle_message(received, self.channel)
        self.copter.flush()

    def get_timer(self):
        return self.next_s

    def handle_timer(self, now_s):
        while now_s >= self.next_s:
            self.next_s += STEP_S
            self.copter.step(STEP_S)
        self.copter.flush()
