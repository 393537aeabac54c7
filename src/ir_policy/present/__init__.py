"""Answers for people and programs: the brief as text and as JSON. Nothing is decided here."""
