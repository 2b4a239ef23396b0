"""Rolecall: declare, deploy, become and prove AWS IAM roles."""

__version__ = "0.1.0"
