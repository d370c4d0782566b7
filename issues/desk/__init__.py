"""The round desk: all that a round brought, entered on one screen of the admin.

``state`` is what the desk shows, read once; ``parsing`` reads what is typed. ``forms`` is the form
of the whole page; ``save`` stores it. ``preview`` and ``warnings`` say what that changes,
``conflicts`` what others changed meanwhile, and ``views`` is the page.
"""
