"""Flight patterns: what is asked for, and the waypoints that fly it within legal space."""
