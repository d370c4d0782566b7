"""What the commands of ``manage.py`` need.

``record_command`` is the base class of all commands of the project. ``commands/check_sources.py``
checks the links of the sources, with ``link_checker``.
"""
