"""Subscriptions: one feed of the event log for a process, and the transports that show it."""
