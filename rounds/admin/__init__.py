"""The editors' side: the pages of the admin for the record.

``registry`` lists what each model's pages show; ``base`` and ``publishable`` are the ModelAdmins
they build on, ``forms`` their forms. ``record_views`` are the history, preview and revert pages,
``spreadsheets`` the pages of import and export.
"""
