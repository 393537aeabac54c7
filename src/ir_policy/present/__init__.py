"""Answers for people and programs: the brief, the timeline and the pages of a policy, as text and as JSON. Nothing is
decided here."""
