"""Pictures of the world, and what is found in them."""
