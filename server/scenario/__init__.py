"""Scenarios: what is flown, what goes wrong, and what is expected of it."""
