"""The matrix: where each party stands on each issue, up to a day. Pure functions over positions.

Read ``stances`` and ``cells`` (one party on one issue), ``rows`` (issues of a day, meetings of an
issue), ``moves`` (what changed between two days), ``answers`` (one issue in a sentence), then
``site_state``: the one loader, from which pages, files, frames, cards and the API start.
"""
