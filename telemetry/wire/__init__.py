"""The bytes: MAVLink frames, messages and recordings of them."""
