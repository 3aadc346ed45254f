"""What a drone can do: its power, battery and motion; when a flight of it ends, and with how much left."""
