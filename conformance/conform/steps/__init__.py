"""Step definitions: what the sentences of the scenarios mean."""
