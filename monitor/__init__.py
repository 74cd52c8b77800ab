"""The composition root: settings, pipeline, command line."""
