"""What is allowed where: geodesy, zones, legal space and the verification of routes."""
