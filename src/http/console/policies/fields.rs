//! The fields of the policies in plain words.

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Yes or no.
    Switch,
    /// A whole number of something.
    Number(&'static str),
    /// One of these: the value, and what it means.
    Choice(&'static [(&'static str, &'static str)]),
    /// One line.
    Text,
    /// Several lines, each a value.
    Lines,
    /// Whole numbers, with spaces between them.
    Numbers,
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it does.
    pub hint: &'static str,
    /// How it is filled in.
    pub kind: Kind,
}

const fn field(name: &'static str, kind: Kind, label: &'static str, hint: &'static str) -> Field {
    Field { name, label, hint, kind }
}

/// How resets work.
pub(super) const WORKFLOW: &[Field] = &[
    field(
        "strategy",
        Kind::Choice(&[("LINK", "A link"), ("OTP", "A code")]),
        "What is mailed",
        "A link to click, or a code to type.",
    ),
    field("emailLinkMinutes", Kind::Number("minutes"), "A mailed link works for", ""),
    field("emailOtpMinutes", Kind::Number("minutes"), "A mailed code works for", ""),
    field("resetLinkMinutes", Kind::Number("minutes"), "A link to hand over works for", ""),
    field(
        "unknownAddressMail",
        Kind::Choice(&[("SILENT", "Nothing"), ("NO_ACCOUNT_NOTICE", "A notice that there is no account")]),
        "What an unknown address gets",
        "The page says the same either way.",
    ),
    field(
        "passwordAuthEnabled",
        Kind::Switch,
        "Users have passwords",
        "Where they have none, there is nothing to reset.",
    ),
    field(
        "immediateLogin",
        Kind::Switch,
        "Sign in at once after a reset",
        "Your application gets a code that it exchanges for a session.",
    ),
    field("mfaRequired", Kind::Switch, "Everybody needs a second factor", "To sign in, not only to reset."),
    field(
        "suppressUpdatedEmailAllowed",
        Kind::Switch,
        "Programs may leave out the notice",
        "The mail that says that the password was changed.",
    ),
    field("wrongCodesPerReset", Kind::Number("codes"), "Wrong codes per reset", "After these the reset is over."),
    field("wrongCodesPerAccount", Kind::Number("codes"), "Wrong codes per account", "Over all its resets of a day."),
    field(
        "resendSeconds",
        Kind::Numbers,
        "Waits until a code is sent again",
        "In seconds: after the first mail, after the second, and from then on.",
    ),
    field("customRedirectUrl", Kind::Text, "Where to go after a reset", "Empty: the page that says that it worked."),
    field("actionLinkUrl", Kind::Text, "A page of your own for mailed links", "Empty: the hosted page."),
    field(
        "customPasswordResetLinkUrl",
        Kind::Text,
        "A page of your own for links to hand over",
        "Empty: the hosted page.",
    ),
    field(
        "redirectUrls",
        Kind::Lines,
        "Where requests may ask to go afterwards",
        "One address a line, compared exactly.",
    ),
    field("workosMailEnabled", Kind::Switch, "rekey mails what the WorkOS API creates", ""),
];

/// What passwords must be.
pub(super) const PASSWORD: &[Field] = &[
    field("minimumLength", Kind::Number("characters"), "Minimum length", "Length beats everything else. Spaces count."),
    field("blocklistEnabled", Kind::Switch, "Refuse common passwords and own names", ""),
    field(
        "contextWords",
        Kind::Lines,
        "Refuse these words as well",
        "One a line: the name of your company, of your product.",
    ),
    field(
        "minimumStrengthScore",
        Kind::Choice(&[
            ("0", "Anything"),
            ("1", "1: not trivial"),
            ("2", "2: somewhat hard to guess"),
            ("3", "3: hard to guess"),
            ("4", "4: very hard to guess"),
        ]),
        "How hard to guess",
        "",
    ),
    field("breachedPwdDetectionEnabled", Kind::Switch, "Refuse passwords from known data breaches", ""),
    field(
        "breachCheckFailure",
        Kind::Choice(&[("ALLOW", "Accept the password"), ("REFUSE", "Refuse the password")]),
        "When that cannot be looked up",
        "",
    ),
    field("historyLength", Kind::Number("passwords"), "Not one of the latest passwords", ""),
    field(
        "lowercaseCharRequired",
        Kind::Switch,
        "Needs a lower-case letter",
        "Rules like these make passwords weaker rather than stronger.",
    ),
    field("uppercaseCharRequired", Kind::Switch, "Needs an upper-case letter", ""),
    field("digitRequired", Kind::Switch, "Needs a digit", ""),
    field("specialCharRequired", Kind::Switch, "Needs a special character", ""),
    field(
        "normalization",
        Kind::Choice(&[("NFC", "Alike, however it was typed"), ("VERBATIM", "As it came")]),
        "Accented letters",
        "As it came only for hashes from a system that did nothing.",
    ),
];

/// How a mail is sent. Not every kind of mail has all of them.
pub(super) const EMAIL: &[Field] = &[
    field("fromName", Kind::Text, "Who it is from", "The name that people see in their mailbox."),
    field("fromAddress", Kind::Text, "From which address", "One that the server allows this application to use."),
    field("replyTo", Kind::Text, "Where answers go", ""),
    field(
        "lifetimeMinutes",
        Kind::Number("minutes"),
        "What it carries works for",
        "The link or the code in it; within what is possible for it at all.",
    ),
    field(
        "actionLinkUrl",
        Kind::Text,
        "A page of your own for its link",
        "Its origin has to be registered in the settings.",
    ),
    field(
        "transports",
        Kind::Lines,
        "Which mail servers it is offered to",
        "Their names, one a line, in the order in which they are tried.",
    ),
];
