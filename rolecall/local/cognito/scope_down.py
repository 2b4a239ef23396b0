"""What a guest may do at the most in the enhanced flow, whatever the role allows.

GetCredentialsForIdentity hands guests credentials with two session policies: an inline
one and the managed policy AmazonCognitoUnAuthedIdentitiesSessionPolicy ("IAM roles",
"Access policies", developer guide). In the basic flow there is no such limit.
"""

import json

from rolecall.local.sts.session_policies import SessionPolicies

_MANAGED = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"
_SERVICES = """
    appsync cloudwatch codewhisperer cognito-identity cognito-idp cognito-sync comprehend
    dynamodb execute-api firehose gamelift iot kinesis lambda lex logs machinelearning
    mobileanalytics mobiletargeting personalize polly rekognition s3 sdb ses sns sqs
    transcribe translate
"""
_SINGLE = ("sagemaker:InvokeEndpoint", "textract:AnalyzeDocument", "textract:DetectDocumentText")

NO_LIMIT = SessionPolicies(inline=None, arns=None)
GUESTS = SessionPolicies(
    inline=(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": [*(f"{name}:*" for name in _SERVICES.split()), *_SINGLE],
                        "Resource": "*",
                    }
                ],
            },
            separators=(",", ":"),
        ),
    ),
    arns=(_MANAGED,),
)
