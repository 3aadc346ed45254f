"""Areas in a grid: which of them hold a point, which a leg touches."""
