"""The pages that need more than one app: each is a view with its helpers.

Start with ``home`` and ``timeline``; ``active_filters`` shows and removes what a list was narrowed
to.
"""
