"""The form of the round desk, made of many small ones.

Read ``desk`` first: it builds the parts in the order in which they depend on one another. These are
``references`` (sources, people, the sitting), ``rows`` (statements and proposals) and ``grid``
(positions and progress); ``base`` is what they share.
"""
