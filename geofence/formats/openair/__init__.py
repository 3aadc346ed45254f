"""OpenAir airspace files: their positions, altitudes, outlines and classes, and zones of them."""
