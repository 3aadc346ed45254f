"""Patrols: what is asked for, over which ground, made into plans."""
