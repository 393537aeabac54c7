"""Incident policy as a library."""
