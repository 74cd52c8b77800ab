"""Ways to hand a notice over."""
