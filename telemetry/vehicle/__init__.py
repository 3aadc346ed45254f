"""One vehicle: its state, its modes, and what can be asked of it."""
