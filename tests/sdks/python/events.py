"""What happened, read and received with the WorkOS SDKs 5 and 10 for Python, which agree here.

WEBHOOK_BODY, WEBHOOK_SIGNATURE and WEBHOOK_SECRET are of a call that a rekey made for the event
`password_reset.created`.
"""

import os

from workos import WorkOSClient

from shared import CLIENT_ID, KEY, URL, works

workos = WorkOSClient(api_key=KEY, client_id=CLIENT_ID, base_url=URL)

BODY = os.environ["WEBHOOK_BODY"].encode()
SIGNATURE = os.environ["WEBHOOK_SIGNATURE"]
SECRET = os.environ["WEBHOOK_SECRET"]
KINDS = ["user.created", "password_reset.created"]


def listed():
    newest_first = workos.events.list_events(events=KINDS).data
    by_kind = {event.event: event for event in newest_first}
    assert sorted(by_kind) == sorted(KINDS), by_kind
    user, reset = by_kind["user.created"], by_kind["password_reset.created"]
    assert user.data.email == "ada@example.com"
    assert reset.data.user_id == user.data.id
    assert not getattr(reset.data, "password_reset_token", None)
    first = workos.events.list_events(events=KINDS, limit=1).data
    assert len(first) == 1
    following = workos.events.list_events(events=KINDS, after=first[0].id).data
    assert {event.id for event in (*first, *following)} == {user.id, reset.id}
    works("events are listed by kind and page by page")
    return reset


def verified(reset):
    call = {"event_body": BODY, "event_signature": SIGNATURE, "secret": SECRET}
    event = workos.webhooks.verify_event(**call)
    assert (event.event, event.id) == ("password_reset.created", reset.id)
    works("a webhook is verified and is the event of the list")
    for change in ({"event_body": BODY.replace(b"ada@", b"eve@")}, {"secret": "whsec_x"}):
        try:
            workos.webhooks.verify_event(**{**call, **change})
        except ValueError:
            continue
        raise AssertionError(f"taken in spite of {change}")
    works("a forged webhook is refused")


verified(listed())
