"""Boundaries in a tree: how far they are, and where."""
