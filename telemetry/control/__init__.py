"""Who may command a vehicle: one controller each, viewers many."""
