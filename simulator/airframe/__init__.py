"""The body: a point mass that leans, and its battery."""
