"""Plan review: who gains access by a change, who loses it, and whether it may be merged."""
