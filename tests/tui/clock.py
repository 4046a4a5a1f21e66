"""A clock that stands still until a test moves it."""


class Clock:
    """Gives seconds, as `time.monotonic` does."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds
