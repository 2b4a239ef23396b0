"""Other tools, asked whether a change of a trust policy lets in more than before."""
