"""The pages of one record in the admin, as mixins of ``rounds.admin.base.RecordAdmin``.

``request_form`` hands values of a request to a form. On it stand ``conflicts`` (somebody else has
saved meanwhile), ``suggestions`` (a second editor looks first) and ``deletion``. ``record_views``
are history, preview and revert, which ``restore`` does.
"""
