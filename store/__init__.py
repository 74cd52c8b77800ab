"""Where readings and the ledger are kept."""
