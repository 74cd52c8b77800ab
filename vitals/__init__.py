"""The vocabulary of homevigil: signals, units, readings, findings, alerts, people and plans. No I/O lives here."""
