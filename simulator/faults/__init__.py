"""What goes wrong with a vehicle and its link: faults, when they begin, and how they act."""
