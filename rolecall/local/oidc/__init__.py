"""OpenID Connect at the embedded AWS: issuers and how they are reached, keys, and tokens.

Stand-in issuers belong here too: what a developer has instead of GitHub or Google.
"""
