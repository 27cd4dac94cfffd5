"""The doors and the truth: automations in git and in the home, and the past of the home."""
