"""What an application does with the WorkOS SDK 5 for Python, against a rekey.

Prints one line for each thing that worked; what did not ends it.
"""

from workos import WorkOSClient
from workos.exceptions import (
    AuthenticationException,
    AuthorizationException,
    BadRequestException,
    NotFoundException,
)

from shared import CLIENT_ID, KEY, NEW_PASSWORD, PASSWORD, POWERLESS_KEY, URL, refused, session_of, works

# The base URL and the key are all that differs from a program that talks to WorkOS.
workos = WorkOSClient(api_key=KEY, client_id=CLIENT_ID, base_url=URL)
users = workos.user_management


def sign_in(password):
    return users.authenticate_with_password(
        email="ada@example.com", password=password, ip_address="192.0.2.7", user_agent="Mozilla/5.0"
    )


def refresh(token):
    return users.authenticate_with_refresh_token(refresh_token=token)


def a_user():
    made = users.create_user(
        email="Ada@example.com",
        password=PASSWORD,
        first_name="Ada",
        last_name="Lovelace",
        external_id="customer-7",
        metadata={"plan": "pro"},
    )
    assert (made.object, made.email_verified, made.external_id) == ("user", False, "customer-7")
    assert users.get_user(made.id) == made
    changed = users.update_user(user_id=made.id, first_name="Augusta", metadata={"seat": "4"})
    assert (changed.first_name, changed.metadata) == ("Augusta", {"plan": "pro", "seat": "4"})
    other = users.create_user(email="gone@example.com")
    users.delete_user(other.id)
    refused(lambda: users.get_user(other.id), NotFoundException)
    works("a user is created, read, changed and deleted")
    return made


def a_list():
    for name in ("one", "two", "three"):
        users.create_user(email=f"{name}@example.com")
    assert [user.email for user in users.list_users(email="ADA@example.com").data] == ["Ada@example.com"]
    first = users.list_users(limit=2)
    assert [user.email for user in first.data] == ["three@example.com", "two@example.com"]
    following = users.list_users(limit=2, after=first.list_metadata.after)
    assert [user.email for user in following.data] == ["one@example.com", "Ada@example.com"]
    works("users are listed page by page")


def a_reset(user):
    reset = users.create_password_reset("ada@example.com")
    assert (reset.object, reset.user_id) == ("password_reset", user.id)
    assert reset.password_reset_url.endswith(f"token={reset.password_reset_token}")
    assert reset.expires_at > reset.created_at
    assert users.get_password_reset(reset.id) == reset
    works("a reset is created and read again")
    return reset.password_reset_token


def a_new_password(token):
    before = sign_in(PASSWORD)
    weak = refused(lambda: users.reset_password(token=token, new_password="short"), BadRequestException)
    assert (weak.code, weak.errors[0]["code"]) == ("password_reset_error", "password_too_weak")
    works("a weak password is refused and the token stays good")
    assert users.reset_password(token=token, new_password=NEW_PASSWORD).email_verified
    works("the token sets the new password")
    ended = refused(lambda: refresh(before.refresh_token), BadRequestException)
    assert ended.error == "invalid_grant"
    works("the session from before is refused")
    assert refused(lambda: sign_in(PASSWORD), BadRequestException).code == "invalid_credentials"
    assert sign_in(NEW_PASSWORD).user.last_sign_in_at
    works("the old password is refused and the new one signs in")
    used = refused(lambda: users.reset_password(token=token, new_password=PASSWORD), NotFoundException)
    assert used.code == "password_reset_token_not_found"
    works("a used token is not found")


def sessions(user):
    first = sign_in(NEW_PASSWORD)
    second = refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    works("a refresh token is exchanged for the next one")
    sid = session_of(second.access_token)
    session = next(s for s in users.list_sessions(user_id=user.id).data if s.id == sid)
    assert (session.status, session.ip_address, session.user_agent) == ("active", "192.0.2.7", "Mozilla/5.0")
    users.revoke_session(session_id=sid)
    assert all(s.id != sid for s in users.list_sessions(user_id=user.id).data)
    refused(lambda: refresh(second.refresh_token), BadRequestException)
    works("a session is listed and revoked")


def refusals():
    unknown = refused(lambda: users.create_password_reset("nobody@example.com"), NotFoundException)
    assert unknown.code == "entity_not_found"
    works("an unknown address is not found")
    malformed = refused(lambda: users.create_password_reset("nobody"), BadRequestException)
    assert (malformed.response.status_code, malformed.code) == (422, "invalid_request_parameters")
    works("an unreadable address is refused")
    powerless = WorkOSClient(api_key=POWERLESS_KEY, client_id=CLIENT_ID, base_url=URL).user_management
    refused(lambda: powerless.create_password_reset("ada@example.com"), AuthorizationException)
    works("a key without the permission is refused")
    stranger = WorkOSClient(api_key="sk_nobody", client_id=CLIENT_ID, base_url=URL).user_management
    refused(lambda: stranger.create_password_reset("ada@example.com"), AuthenticationException)
    works("an unknown key is refused")


user = a_user()
a_list()
a_new_password(a_reset(user))
sessions(user)
refusals()
