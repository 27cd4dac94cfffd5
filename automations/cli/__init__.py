"""The subcommands of `python -m automations`, one family a file."""
