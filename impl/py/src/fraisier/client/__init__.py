"""Another machine's Fraisier, asked over its GraphQL API."""
