"""An ArduCopter-like vehicle on MAVLink, so that everything can be tried without hardware."""
