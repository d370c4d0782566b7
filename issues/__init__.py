"""The issues: what is at stake, what was tabled, where each party stands, how far the table got.

``models`` first, then ``matrix`` (where each party stands on a day) and ``analysis`` (what that
adds up to). ``public`` shows them to readers; editors use ``desk``, the round desk, and ``admin``.
"""
