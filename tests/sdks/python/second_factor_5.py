"""An authenticator, asked for and answered with the WorkOS SDK 5 for Python, and signing out."""

import urllib.request

from workos import WorkOSClient
from workos.exceptions import AuthorizationException, BadRequestException

from shared import CLIENT_ID, KEY, NEW_PASSWORD, PASSWORD, URL, code, refused, session_of, works

EMAIL = "ada@example.com"
workos = WorkOSClient(api_key=KEY, client_id=CLIENT_ID, base_url=URL)
users = workos.user_management


def sign_in():
    return users.authenticate_with_password(email=EMAIL, password=PASSWORD)


def answer(challenge, digits):
    return users.authenticate_with_totp(
        code=digits,
        pending_authentication_token=challenge["pending_authentication_token"],
        authentication_challenge_id=challenge["authentication_challenge"]["id"],
    )


user = users.create_user(email=EMAIL, password=PASSWORD)
enrolled = users.enroll_auth_factor(user_id=user.id, type="totp")
assert enrolled.authentication_challenge.object == "authentication_challenge"
secret = enrolled.authentication_factor.totp.secret
works("an authenticator is enrolled")

challenge = refused(sign_in, AuthorizationException).response_json
assert (challenge["code"], challenge["user"]["id"]) == ("mfa_challenge", user.id)
wrong = "000001" if code(secret) == "000000" else "000000"
assert refused(lambda: answer(challenge, wrong), BadRequestException).code == "invalid_one_time_code"
signed_in = answer(challenge, code(secret))
works("a sign-in is finished with its code")

listed = users.list_auth_factors(user_id=user.id).data
assert [factor.id for factor in listed] == [enrolled.authentication_factor.id]
assert secret not in repr(listed)
works("authenticators are listed without their secret")

token = users.create_password_reset(EMAIL).password_reset_token
needed = refused(lambda: users.reset_password(token=token, new_password=NEW_PASSWORD), AuthorizationException)
assert needed.code == "mfa_required"
works("a reset needs more than its token")

with urllib.request.urlopen(users.get_logout_url(session_id=session_of(signed_in.access_token))) as left:
    assert left.status == 200
ended = refused(
    lambda: users.authenticate_with_refresh_token(refresh_token=signed_in.refresh_token), BadRequestException
)
assert ended.error == "invalid_grant"
works("a session is left by its link")
