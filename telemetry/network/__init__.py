"""The links at work, and which vehicle is heard over which of them."""
