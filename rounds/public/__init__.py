"""The readers' side: pages, files, feeds and charts of the record.

Read ``timeline`` (its items, a class a kind) and ``views``; ``params`` validates the parameters of
addresses, ``charts`` and ``chart_svg`` draw, ``tables`` make tables and files, ``feeds`` and
``calendars`` are followed from outside, and ``citations`` and ``stable_ids`` say what lasts.
"""
