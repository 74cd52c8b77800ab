"""What alerts were worth: measured against labels, with the definitions of docs/evaluation.md."""
