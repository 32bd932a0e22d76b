"""The one test module that binds every selected scenario."""
