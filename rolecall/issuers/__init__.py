"""What is known of OIDC issuers and SAML sign-in endpoints, as data; and SAML metadata."""
