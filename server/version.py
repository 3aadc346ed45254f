"""The version of Feiying."""

__version__ = "0.1.0"
