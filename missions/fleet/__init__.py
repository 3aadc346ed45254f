"""Many tasks, several drones, several batteries: who flies what and when, and what changes in flight."""
