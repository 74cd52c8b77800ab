"""Why an alert was raised, in words and as a picture."""
