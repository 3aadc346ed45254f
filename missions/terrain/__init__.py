"""Flights over uneven ground: heights that follow it, clearances, the autopilot's own terrain following."""
