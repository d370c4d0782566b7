"""Limits of what is asked: of its time, of its body, of its share of what is rendered.

``time_limits`` has the limits of time and gives them to the database, ``slow_bodies`` reads what is
sent (decision 0066). ``render_queue`` says whose page is rendered next (decision 0067);
``client_address`` says as whom a visitor is counted. ``canonical_queries`` gives each page one
query, and ``page_memory`` keeps the cached pages of a process (decision 0068).
"""
