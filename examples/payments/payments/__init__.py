"""The infrastructure of the payment service."""

# Before anything of cdktf: its provider's bindings load in a second then, not in fifteen.
from rolecall_cdktf import AssumableRole as AssumableRole
