"""The suite tested by faults: does the check of a requirement notice when it is broken?"""
