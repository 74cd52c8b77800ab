"""How messages travel from broker to pipeline."""
