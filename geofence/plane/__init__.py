"""Zones and routes in a plane of metres."""
