"""Machines that speak MAVLink's protocols without I/O."""
