"""The demo: everything embedded, simulated patients, notices to a sink of its own."""
