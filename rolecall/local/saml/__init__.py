"""SAML in the embedded AWS: assertions verified as AWS STS does, and a stand-in that makes them.

An assertion passes through these files in this order: `message` (base64, XML, shape of
the response), `signature_shape` and `signature` (what was signed, and by whom),
`assertion` (what it says), `acceptance` (whether it is meant for AWS, now), and
`aws_attributes` (which role and session it is for). Only what `signature` returns is
read as true; everything before it can refuse, and nothing more.
"""
