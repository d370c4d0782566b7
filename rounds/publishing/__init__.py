"""How a record gets before readers: the only code that changes states.

``states`` publishes and unpublishes, ``due`` publishes at its time what was scheduled, ``gate``
asks the database what readers will see differently and refuses, ``refusals`` puts into words what
the database refuses, and ``edit_conflicts`` keeps two editors from overwriting each other.
"""
