"""What a simulated vehicle carries: a gimbal and a camera."""
