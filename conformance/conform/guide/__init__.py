"""What the author of a new implementation does next, from profile to profile."""
