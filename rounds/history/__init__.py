"""What was written when, and what readers could know of it.

Read ``versions`` (a record's events as versions), ``differences`` (in words), ``corrections`` (told
to readers), ``point_in_time`` (the record as it had been published by a moment),
``revision_counts`` and ``as_of`` (the day that a page speaks of).
"""
