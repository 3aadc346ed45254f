"""What holds for all tests."""

from hypothesis import settings

# The same examples every time: what fails once fails again.
settings.register_profile("same examples", derandomize=True, deadline=None)
settings.load_profile("same examples")
