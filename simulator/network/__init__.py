"""Sockets and the clock that drives a fleet."""
