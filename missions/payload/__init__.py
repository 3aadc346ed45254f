"""What a drone does on its way besides flying: pictures, gimbal, loudspeaker, light, hovering, turning."""
