"""Patients, devices and faults that never were, with ground truth."""
