"""The admin as a site: its front page, logging in, sessions, second factor.

Start with ``site`` and ``dashboard``, its front page. ``auth_views`` are the pages of the login,
with ``second_factor``, ``sessions`` and ``lockout`` behind them. The pages of records are in
``rounds.admin`` and ``issues.admin``.
"""
