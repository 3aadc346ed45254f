"""A counter that everything shown to viewers shares."""


class Revision:
    """Counts changes; a viewer that has seen revision n wants what is newer than n."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def advance(self) -> int:
        """Count one change and give its number."""
        self.value += 1
        return self.value
