"""What care teams look at."""
