"""The live web board."""
