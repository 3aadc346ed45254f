"""Other ground stations that look on, or take part, while we fly."""
