"""Other aircraft, heard by ADS-B and remote ID, and our own drones' remote ID."""
