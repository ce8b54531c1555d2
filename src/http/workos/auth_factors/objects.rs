//! The objects of second factors in this dialect.

use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::workos::objects::ListMetadata;
use crate::workflows::second_factor::ask::AwaitedFactor;
use crate::workflows::second_factor::enroll::Enrolled;

/// The answer to an enrolment, the only one that shows the secret.
pub(super) fn enrolled(enrolled: &Enrolled) -> Value {
    let Enrolled { factor, secret, uri, qr_code } = enrolled;
    let mut object = factor.to_object();
    if let Some(totp) = object.get_mut("totp").and_then(Value::as_object_mut) {
        for (name, value) in [("secret", secret), ("uri", uri), ("qr_code", qr_code)] {
            totp.insert(name.to_owned(), value.expose().into());
        }
    }
    json!({ "authentication_factor": object, "authentication_challenge": factor.challenge_object() })
}

/// The answer to a right password that is not enough.
pub(in crate::http::workos) fn awaited(awaited: &AwaitedFactor) -> Value {
    let AwaitedFactor { user, token, sign_in, factors } = awaited;
    let (user, token) = (user.to_object(), token.expose());
    let Some(newest) = factors.last() else {
        return json!({
            "code": "mfa_enrollment",
            "message": "The user must enroll an authenticator to finish signing in.",
            "pending_authentication_token": token,
            "user": user,
        });
    };
    let factors: Vec<Value> = factors.iter().map(|factor| json!({ "id": factor.id, "type": "totp" })).collect();
    json!({
        "code": "mfa_challenge",
        "message": "A code of the user's authenticator is needed to finish signing in.",
        "pending_authentication_token": token,
        "authentication_challenge_id": sign_in.id,
        "authentication_challenge": sign_in.challenge_object(newest.id),
        "authentication_factors": factors,
        "user": user,
    })
}

/// What authenticator apps show.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a factor writes itself")]
pub(in crate::http::workos) struct TotpObject {
    /// Who it is for.
    issuer: String,
    /// Which account it is for.
    user: String,
}

/// The same with the secret, right after the enrolment.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `enrolled` writes")]
pub(in crate::http::workos) struct EnrolledTotpObject {
    /// Who it is for.
    issuer: String,
    /// Which account it is for.
    user: String,
    /// The secret, base32.
    secret: String,
    /// The URI as a QR code: a PNG in a data URI.
    qr_code: String,
    /// The `otpauth` URI.
    uri: String,
}

/// An authenticator.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a factor writes itself")]
pub(in crate::http::workos) struct AuthFactorObject {
    /// `authentication_factor`.
    object: String,
    /// Its id.
    id: String,
    /// `totp`.
    r#type: String,
    /// Whose it is.
    user_id: String,
    /// What apps show.
    totp: TotpObject,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// An authenticator with its secret.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `enrolled` writes")]
pub(in crate::http::workos) struct EnrolledAuthFactorObject {
    /// `authentication_factor`.
    object: String,
    /// Its id.
    id: String,
    /// `totp`.
    r#type: String,
    /// Whose it is.
    user_id: String,
    /// What the app has to know.
    totp: EnrolledTotpObject,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// A question for a code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a challenge writes itself")]
pub(in crate::http::workos) struct AuthChallengeObject {
    /// `authentication_challenge`.
    object: String,
    /// Its id.
    id: String,
    /// The factor that it asks for.
    authentication_factor_id: String,
    /// Until when it may be answered.
    expires_at: String,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// A new authenticator and its first challenge.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `enrolled` writes")]
pub(in crate::http::workos) struct EnrollmentObject {
    /// The authenticator, with its secret.
    authentication_factor: EnrolledAuthFactorObject,
    /// To be answered where the user signs in.
    authentication_challenge: AuthChallengeObject,
}

/// Authenticators.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a page writes itself")]
pub(in crate::http::workos) struct AuthFactorList {
    /// `list`.
    object: String,
    /// The authenticators.
    data: Vec<AuthFactorObject>,
    /// Where to go on.
    list_metadata: ListMetadata,
}
