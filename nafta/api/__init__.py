"""The record for programs: a read-only JSON API at ``/api/v1/``.

``params`` says what may be asked, ``schemas`` what is answered, ``serializers`` makes answers of
the rows that the pages show, ``routes`` has the addresses, ``instance`` the NinjaAPI object, and
``throttling`` counts requests.
"""
