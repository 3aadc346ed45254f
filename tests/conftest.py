"""What holds for all tests."""

from hypothesis import settings
from hypothesis.internal.conjecture import providers

# The same examples every time: what fails once fails again.
settings.register_profile("same examples", derandomize=True, deadline=None, max_examples=30)
settings.load_profile("same examples")
# Else examples depend on which of our modules are loaded by then: their constants are mixed in.
providers.is_local_module_file = lambda _: False
