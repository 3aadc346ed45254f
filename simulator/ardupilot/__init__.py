"""Real ArduCopters: SITL binaries in processes of their own."""
