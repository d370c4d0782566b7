"""What the positions add up to: pure functions over rows of the record.

``stance_distance`` and ``number_gaps`` say how far apart parties are, ``changes_between`` what
moved, ``by_speaker`` who said what, ``comparisons`` sets two parties side by side,
``proposal_threads`` and ``number_points`` tell what was tabled, ``outcome_items`` how issues ended.
"""
