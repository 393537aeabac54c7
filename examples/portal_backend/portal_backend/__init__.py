"""A host for incident policy: it keeps the logs, asks the library, and reminds in time.

``store`` keeps, ``poller`` wakes, ``outbox`` tells, ``web`` answers; none of them knows what a policy says.
"""
