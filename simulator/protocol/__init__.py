"""What is said: parameters, missions, commands and streams on MAVLink."""
