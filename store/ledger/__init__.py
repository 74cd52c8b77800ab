"""Alerts, plans, people, deliveries and rejects in SQL."""
