"""The editors' side: the pages of the admin for issues and positions.

``registry`` lists what each model's pages show. The round desk is ``issues.desk``.
"""
