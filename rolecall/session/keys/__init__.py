"""Long-lived keys in the system's own key store, so that they lie in no file."""
