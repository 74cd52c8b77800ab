"""Seeded workloads that measure the budgets."""
