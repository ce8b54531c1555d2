//! The three modes. Every rule that depends on how a reset started is a match
//! on this enum.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::keys::Purpose;

/// How a reset starts, and with what it is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// A link in an email; proven by `emailAuthCode`.
    EmailLink,
    /// A one-time code in an email; proven by `requestCode` and `verificationCode`.
    EmailOtp,
    /// A link that an administrator hands over; proven by `passwordResetCode`.
    ResetLink,
}

/// What a request by email sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Strategy {
    /// An emailed link.
    #[default]
    Link,
    /// An emailed one-time code.
    Otp,
}

impl Strategy {
    /// The mode this strategy leads to.
    #[must_use]
    pub const fn mode(self) -> Mode {
        match self {
            Self::Link => Mode::EmailLink,
            Self::Otp => Mode::EmailOtp,
        }
    }

    /// As stored and as on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "LINK",
            Self::Otp => "OTP",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Link, Self::Otp].into_iter().find(|strategy| strategy.as_str() == text)
    }
}

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::EmailLink, Self::EmailOtp, Self::ResetLink];

    /// As stored, as in grants and as a metrics label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EmailLink => "email_link",
            Self::EmailOtp => "email_otp",
            Self::ResetLink => "reset_link",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// How long a reset of this mode lives unless somebody says otherwise.
    #[must_use]
    pub const fn default_lifetime(self) -> Duration {
        match self {
            Self::EmailLink => minutes(30),
            Self::EmailOtp => minutes(10),
            Self::ResetLink => minutes(60),
        }
    }

    /// The shortest and longest lifetime that may be asked for.
    #[must_use]
    pub const fn lifetime_bounds(self) -> (Duration, Duration) {
        match self {
            Self::EmailLink | Self::ResetLink => (minutes(5), minutes(24 * 60)),
            Self::EmailOtp => (minutes(2), minutes(10)),
        }
    }

    /// A wish, or the default, moved into the bounds.
    #[must_use]
    pub fn lifetime(self, wish: Option<Duration>) -> Duration {
        let (shortest, longest) = self.lifetime_bounds();
        wish.unwrap_or_else(|| self.default_lifetime()).clamp(shortest, longest)
    }

    /// The purpose of the link token of this mode; a code has none.
    #[must_use]
    pub const fn link_purpose(self) -> Option<Purpose> {
        match self {
            Self::EmailLink => Some(Purpose::EmailLink),
            Self::ResetLink => Some(Purpose::ResetLink),
            Self::EmailOtp => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_never_leaves_its_bounds() {
        for mode in Mode::ALL {
            let (shortest, longest) = mode.lifetime_bounds();
            assert_eq!(mode.lifetime(None), mode.default_lifetime());
            assert_eq!(mode.lifetime(Some(Duration::ZERO)), shortest);
            assert_eq!(mode.lifetime(Some(Duration::from_secs(1 << 30))), longest);
            assert_eq!(Mode::parse(mode.as_str()), Some(mode));
        }
    }
}
