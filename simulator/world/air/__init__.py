"""Wind, sun and other aircraft."""
