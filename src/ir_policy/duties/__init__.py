"""What must happen now: severity, gates and obligations, from the rules and the log."""
