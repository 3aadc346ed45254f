"""Ways for bytes to and from vehicles."""
