"""Zones in the geofence of QGroundControl's plan files."""
