"""The integration form: an embedded AWS for tests, deployments to it, and real calls."""
