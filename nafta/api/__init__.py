"""The record for programs: a read-only JSON API at ``/api/v1/``.

Read ``routes``, the addresses; then ``params`` (what a request may ask for), ``schemas`` (what is
answered) and ``serializers``, which make answers of the rows that the pages show. ``columns`` takes
fields from the columns of the tables, ``instance`` has the NinjaAPI object, ``throttling`` counts
requests.
"""
