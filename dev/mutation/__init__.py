"""Mutation testing: whether a test notices that one of the rules is wrong."""
