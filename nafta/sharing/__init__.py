"""How a page looks elsewhere: embeds, cards, canonical addresses, structured data.

Read ``embeds`` and ``embed_contents``, then ``cards``; ``linked_data`` is schema.org's JSON-LD.
"""
