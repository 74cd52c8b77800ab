"""What people have made of the alerts."""
