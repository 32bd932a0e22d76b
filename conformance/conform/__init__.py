"""The conformance suite: drives any implementation of Fraisier, on any database."""

__version__ = "0.3.0"
