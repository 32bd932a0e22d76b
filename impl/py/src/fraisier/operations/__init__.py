"""One file for each use case; they ask the database and order the rest about."""
