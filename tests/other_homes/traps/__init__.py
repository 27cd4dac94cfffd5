"""What looks like a habit of people in the second maker's homes and is none."""
