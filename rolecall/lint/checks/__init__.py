"""The rules, by what they are about. Each check takes a statement and yields findings."""
