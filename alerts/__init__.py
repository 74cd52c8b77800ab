"""The desk: from findings to the right person, once."""
