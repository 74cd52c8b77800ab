"""One payload shape a file."""
