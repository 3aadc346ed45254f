"""Zones brought down to what an autopilot can enforce."""
