"""What was written when, and what readers could know of it.

Read ``versions`` (a record's events as versions), ``differences`` (between two of them),
``text_diff`` (between two texts), ``references`` (whether readers see a person or a source),
``corrections`` (changes that readers could notice) and ``revision_counts``. Then the record of a
past moment: ``tracked_tables``, ``past_events`` (which events count), ``point_in_time`` (what was
public), ``past_queries`` (queries that read it), and ``as_of`` (the day that a page speaks of).
"""
