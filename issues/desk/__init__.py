"""The round desk: all that a round brought, entered on one screen of the admin.

``parsing`` reads what is typed, ``state`` is what the desk shows; ``reference_forms``,
``row_forms``, ``grid_forms`` and ``desk_form`` take what is entered, ``save`` writes it,
``preview`` and ``warnings`` say what that changes, ``conflicts`` what others changed meanwhile, and
``views`` is the page.
"""
