"""What is answered for an operation that the embedded AWS does not have.

Neither is answered with HTTP 500, 502, 503 or 504: SDKs and Terraform's provider repeat
those for minutes, and the answer would not change.
"""

from rolecall.local.api import ApiCall, AwsError


def unimplemented(call: ApiCall) -> AwsError:
    """What is answered for an operation that the embedded AWS does not have."""
    name = f"{call.service}:{call.action}" if call.action else f"{call.method} on {call.service}"
    message = f"The embedded AWS does not implement {name}."
    if call.service == "s3":
        return AwsError("NotImplemented", message, 501)
    code = "UnknownOperationException" if call.protocol == "json" else "InvalidAction"
    return AwsError(code, message, 400)


def backend_fault(call: ApiCall) -> AwsError:
    """What is answered when moto breaks at a call (AWS would say 500; see `Backend.call`)."""
    name = f"{call.service}:{call.action}" if call.action else f"{call.method} on {call.service}"
    return AwsError("InternalFailure", f"The embedded AWS failed at {name}; see server.log.", 501)
