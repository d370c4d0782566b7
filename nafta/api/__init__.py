"""The record for programs: a read-only JSON API at ``/api/v1/``.

``asking`` says what may be asked, ``schemas`` what is answered, ``rows`` makes answers of the
rows that the pages show, ``routes`` has the addresses, ``site`` the manners they share.
"""
