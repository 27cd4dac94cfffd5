"""The subcommands of `python -m generator`, one family a file."""
