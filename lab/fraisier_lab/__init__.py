"""Real parts for tests, started without the user's help and stopped without a trace."""
