"""KML and KMZ: the archive, its shapes, its values, and zones of them both ways."""
