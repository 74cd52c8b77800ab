"""What is abnormal: one detector a file."""
