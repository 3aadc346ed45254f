"""Which zones hold a point, a leg or a swept volume, and how far their boundaries are: many at once, and exactly."""
