"""What surrounds the vehicles: ground, water, air, people, other aircraft, light, and what a camera sees of it."""
