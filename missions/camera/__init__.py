"""Cameras: what they see from the air, and how to fly so that pictures overlap and are sharp."""
