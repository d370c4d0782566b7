"""The editors' side: the pages of the admin for the record.

``registry`` and ``sources`` list what each model's pages show, on the ModelAdmins of ``base`` and
``publishable``. ``base`` puts together what the page of a record does, see ``pages``, with the
forms of ``forms``. ``spreadsheets`` has the pages of import and export.
"""
