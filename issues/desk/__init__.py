"""The round desk: all that a round brought, entered on one screen of the admin.

``names`` reads what is typed, ``board`` is what the desk shows, ``forms`` take what is entered,
``storing`` writes it, ``preview`` says what that changes, ``collisions`` what others changed
meanwhile, and ``views`` is the page.
"""
