"""Mutation of the SQL functions: does some scenario notice each rule that goes missing?"""
