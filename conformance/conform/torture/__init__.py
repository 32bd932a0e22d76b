"""Thousands of deliveries, kills in the middle, hostile clients: is a push lost or doubled?"""
