"""Seeing all of an area: lines, cells, their order."""
