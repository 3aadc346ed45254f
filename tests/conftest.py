"""What holds for all tests."""

from hypothesis import settings

# The same examples every time: what fails once fails again.
settings.register_profile("same examples", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("same examples")
