"""What it looks like when a vehicle and its station do not agree about signing."""

from telemetry.wire.signing import BAD_SIGNATURE, STALE, UNSIGNED, UNSIGNED_MAVLINK_1

KEY_MISSING = "key_missing"
"""The other side signs; this side holds no key."""

MISMATCHES = {
    BAD_SIGNATURE: (
        "what comes is signed with another key and refused",
        "Give the vehicle's own key with --signing-key",
    ),
    UNSIGNED: (
        "what comes is not signed and refused",
        "Give the vehicle the key, or leave --signing-key out",
    ),
    UNSIGNED_MAVLINK_1: (
        "what comes is MAVLink 1, which cannot be signed, and refused",
        "Let the vehicle speak MAVLink 2 and give it the key, or leave --signing-key out",
    ),
    STALE: (
        "what comes is signed with a time long past and refused",
        "Set the clocks of vehicle and station",
    ),
    KEY_MISSING: (
        "what comes is signed, and who signs may take nothing that is not",
        "Give the vehicle's key with --signing-key",
    ),
}
"""What and remedy by cause. Replayed frames are none: relays send some twice."""
