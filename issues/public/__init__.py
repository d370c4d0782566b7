"""The readers' side: the matrix, the issue pages and the comparisons.

Read ``views``; ``params`` is what an address may ask for, ``tables`` and ``charts`` show the rows
that ``issues.matrix`` and ``issues.analysis`` make.
"""
