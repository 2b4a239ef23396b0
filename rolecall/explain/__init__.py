"""Trust policies in sentences: who may assume a role, under which conditions, for how long."""
