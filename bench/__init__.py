"""GraphQL against its peers, in one run on one machine: ratios, not records."""
