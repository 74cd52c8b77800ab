"""One device a file."""
