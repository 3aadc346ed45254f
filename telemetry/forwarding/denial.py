"""What a station is answered whose order is not passed on, in the vehicle's place and words."""

from pymavlink.dialects.v20 import ardupilotmega

from telemetry.forwarding.request import COMMANDS
from telemetry.links.address import Address
from telemetry.protocol.ftp.payload import FtpError, FtpOpcode, FtpPayload
from telemetry.wire.codec import decode
from telemetry.wire.dialect import definition_of
from telemetry.wire.frame import Frame
from telemetry.wire.message import Message

_LISTS = frozenset(
    definition_of(name).msg_id
    for name in ("MISSION_COUNT", "MISSION_CLEAR_ALL", "MISSION_WRITE_PARTIAL_LIST", "MISSION_SET_CURRENT")
)
_FILES = definition_of("FILE_TRANSFER_PROTOCOL").msg_id
_TEXT_SIZE = 50


def denial_of(frame: Frame, reason: str) -> list[Message]:
    """Give the messages that deny an order; each must go out as if the vehicle sent it.

    Commands, lists and files are denied by their own answers, all with a text; what has no answer is denied by the text alone.
    """
    station = {"target_system": frame.system_id, "target_component": frame.component_id}
    answers = [
        Message.new(
            "STATUSTEXT",
            severity=ardupilotmega.MAV_SEVERITY_WARNING,
            text=reason.encode()[:_TEXT_SIZE].decode("utf-8", "ignore"),
        )
    ]
    if frame.msg_id in COMMANDS:
        answers.append(
            Message.new(
                "COMMAND_ACK",
                command=decode(frame).command,
                result=ardupilotmega.MAV_RESULT_DENIED,
                **station,
            )
        )
    elif frame.msg_id in _LISTS:
        mission_type = decode(frame).fields.get("mission_type", 0)
        answers.append(
            Message.new(
                "MISSION_ACK", type=ardupilotmega.MAV_MISSION_DENIED, mission_type=mission_type, **station
            )
        )
    elif frame.msg_id == _FILES and (asked := FtpPayload.of_message(decode(frame))) is not None:
        refused = FtpPayload(
            asked.seq + 1 & 0xFFFF,
            asked.session,
            FtpOpcode.NAK,
            data=bytes([FtpError.FILE_PROTECTED]),
            req_opcode=asked.opcode,
        )
        answers.append(refused.to_message(Address(frame.system_id, frame.component_id)))
    return answers
