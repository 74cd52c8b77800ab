"""Too many alerts: whose, by which rule, and which limit or parameter would halve them at what cost."""
