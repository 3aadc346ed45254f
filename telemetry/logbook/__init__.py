"""What was recorded: the links' journals, the flights in them, their index, and how long all is kept."""
