"""What people and programs are shown: the brief, the timeline and a policy's pages, as text and as JSON.

Nothing is decided here.
"""
