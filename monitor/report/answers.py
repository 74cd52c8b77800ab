"""How alerts were answered: the figures are those of alerts/figures.py, which the weekly digest shows as well."""

from alerts.figures import OUTCOMES, SHIFTS, Figures, Local, Story, figures, shift_at, stories

__all__ = ["OUTCOMES", "SHIFTS", "Figures", "Local", "Story", "figures", "shift_at", "stories"]
