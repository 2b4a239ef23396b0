"""What is fuzzed. Each module has `check(data)`, which raises if its oracle is contradicted.

None of them needs the fuzzer: the tests run every kept input through them as well.
"""

TARGETS = {
    "policies": "any text is a policy or a PolicyError, and means the same when it is written",
    "tokens": "a token is taken if the issuer signed it, and else never",
    "token_claims": "whatever an issuer signs: the identity is what the payload says",
    "key_sets": "any bytes are a key set or refused; its keys verify their own tokens",
    "assertions": "a SAML response is taken if its assertion was signed, and else never",
    "metadata": "any text is one identity provider's metadata or a SamlMetadataProblem",
    "http_calls": "any request: no fault, nothing unsigned, nothing that is not allowed",
    "trust_reference": "the evaluator and a naive one agree about any trust policy and attempt",
    "comparisons": "compare's witnesses are true, its proofs are not refuted",
    "matching": "each condition operator and a naive one agree",
    "profiles": "the SDK reads the profile that was meant, all else keeps every byte",
    "plans": "any JSON is a plan that can be reviewed, or a Problem",
    "texts": "ARNs, environment files, lists of reviewed changes: a value or a refusal",
    "sealed": "a session token, an upload in signed chunks: taken if unchanged, else never",
}
