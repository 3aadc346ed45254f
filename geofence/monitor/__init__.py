"""The live monitor: positions and time in, alerts out."""
