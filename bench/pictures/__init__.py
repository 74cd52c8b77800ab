"""Pictures of what each detector sees and says, for the documentation: real detectors over small made-up series."""
