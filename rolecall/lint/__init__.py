"""Rules for trust policies: what is dangerous, or never lets anybody in, and what to write."""
