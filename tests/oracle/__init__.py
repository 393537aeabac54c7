"""The second opinion: an independent interpreter, random logs, and the comparison with the engine."""
