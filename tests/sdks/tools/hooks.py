"""What schemathesis does not know by itself: a body of JSON lines."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    values = value if isinstance(value, list) else [value]
    return "".join(json.dumps(one) + "\n" for one in values).encode()
