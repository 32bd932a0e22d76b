"""The state machine of a deployment (``spec/lifecycle.yaml``), made to judge."""
