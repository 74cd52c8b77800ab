"""One illness or accident a file."""
