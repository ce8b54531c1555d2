"""What the programs for both Python SDKs share."""

import base64
import hmac
import json
import os
import time

URL = os.environ["REKEY_URL"]
KEY = os.environ["REKEY_KEY"]
CLIENT_ID = os.environ["REKEY_CLIENT_ID"]
POWERLESS_KEY = os.environ.get("REKEY_POWERLESS_KEY")

PASSWORD = "Sunny-Meadow-Walk-0042"
NEW_PASSWORD = "Quiet-Harbour-Lamp-7319"


def works(what):
    print(f"works: {what}", flush=True)


def refused(call, kind):
    """The error that a call is refused with, which must be of exactly this class."""
    try:
        call()
    except Exception as error:
        assert type(error) is kind, f"{type(error).__name__}: {error}"
        assert error.request_id.startswith("req_"), error.request_id
        return error
    raise AssertionError(f"not refused with {kind.__name__}")


def session_of(access_token):
    """The id of the session that an access token belongs to."""
    claims = access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"]


def code(secret):
    """The six digits that an app shows now (RFC 6238)."""
    counter = int(time.time() // 30).to_bytes(8, "big")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, counter, "sha1")
    at = mac[19] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7FFFFFFF) % 1000000:06}"
