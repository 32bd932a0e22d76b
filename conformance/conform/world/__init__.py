"""What scenarios act on: an implementation, its server, a service to deploy."""
