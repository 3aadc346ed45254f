"""Heights of the ground for vehicles that ask for them."""
