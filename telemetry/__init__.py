"""Talking to drones: MAVLink codec, links, protocol machines, vehicle state, recorder."""
