"""How the model of ``deterioration`` was fitted and what it can do: run ``python -m bench.fit_deterioration``."""
