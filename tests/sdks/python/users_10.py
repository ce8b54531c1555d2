"""Users brought along from elsewhere, and their addresses, with the WorkOS SDK 10 for Python.

PASSWORD_HASH is of the shared password. EMAIL_CODE was mailed to the user EMAIL_USER.
"""

import os

from workos import BadRequestError, WorkOSClient
from workos.user_management import PasswordHashed

from shared import CLIENT_ID, KEY, PASSWORD, URL, refused, works

users = WorkOSClient(api_key=KEY, client_id=CLIENT_ID, base_url=URL).user_management

EMAIL_CODE, EMAIL_USER = os.environ["EMAIL_CODE"], os.environ["EMAIL_USER"]


def sign_in(password):
    return users.authenticate_with_password(email="grace@example.com", password=password)


def imported():
    made = users.create_user(
        email="grace@example.com",
        external_id="customer-8",
        password=PasswordHashed(password_hash=os.environ["PASSWORD_HASH"], password_hash_type="pbkdf2"),
    )
    assert refused(lambda: sign_in("Another-Meadow-Walk-0042"), BadRequestError).code == "invalid_credentials"
    # The first sign-in replaces the hash; the second one uses what took its place.
    for _ in range(2):
        assert sign_in(PASSWORD).user.id == made.id
    works("a user with a hash made elsewhere signs in")
    assert users.get_user_by_external_id("customer-8").id == made.id
    works("a user is found by the id of the application")
    assert users.send_verification_email(made.id).user.id == made.id
    works("a verification mail is asked for")


def verified():
    wrong = "000001" if EMAIL_CODE == "000000" else "000000"
    error = refused(lambda: users.verify_email(EMAIL_USER, code=wrong), BadRequestError)
    assert error.code == "email_verification_code_incorrect"
    assert users.verify_email(EMAIL_USER, code=EMAIL_CODE).user.email_verified
    error = refused(lambda: users.send_verification_email(EMAIL_USER), BadRequestError)
    assert error.code == "email_already_verified"
    works("an address is verified with the code that was mailed")


imported()
verified()
