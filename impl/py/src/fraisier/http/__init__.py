"""What the servers share: requests, answers, limits, logs, and running on a port."""
