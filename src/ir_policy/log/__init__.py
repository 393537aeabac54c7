"""What did happen: events, and the fold over them. No opinions here."""
