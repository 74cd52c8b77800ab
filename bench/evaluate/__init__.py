"""What the alerts are worth, on recordings and on simulated homes: ``python -m bench.evaluate [--quick]``."""
