"""The embedded AWS: a real HTTP endpoint on loopback that enforces trust policies."""
