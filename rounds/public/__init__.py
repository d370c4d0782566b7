"""The readers' side: pages, files, feeds and charts of the record.

Read ``timeline`` (all that happened, as one kind of row) and ``views``; ``params`` is what an
address may ask for, ``charts`` and ``chart_svg`` draw, ``tables`` make tables and files.
"""
