"""Limits of a request: how long it may ask the database, and how long its body may take to arrive.

``time_limits`` has the limits of time and gives them to the database, ``slow_bodies`` reads what is
sent. See decision 0066.
"""
