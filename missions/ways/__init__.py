"""What a copter flies for the items of a plan: legs, curves, turns, times."""
