"""Zones in GeoPackages and Shapefiles."""
