"""Grafana dashboards, built in code."""
