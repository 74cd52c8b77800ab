"""Commented files that ``homevigil init`` writes to start from."""
