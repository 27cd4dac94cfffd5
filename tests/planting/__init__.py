"""What the planted homes of tests/homes.py are made of."""
