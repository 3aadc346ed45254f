"""Plans in files of other programs and of our own."""
