//! `…/settings/issuers`: the identity providers whose tokens act as service
//! accounts of the application.

pub(in crate::http::console) mod change;
mod form;
pub(in crate::http::console) mod list;
pub(in crate::http::console) mod mappings;
pub(in crate::http::console) mod one;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use crate::domain::issuer::Issuer;
use crate::http::console::act::WideAct;
use crate::http::console::failure;
use crate::http::console::room::Room;
use crate::http::console::stop::Stop;
use crate::store::slice::Slice;
use crate::workflows::Failure;
use crate::workflows::authenticate_caller::Authenticator;
use crate::workflows::issuers::NotReplaced;
use crate::workflows::service_accounts::Manager;

use form::{Typed, Wrong};

/// The page of all issuers.
const PAGE: &str = "settings/issuers";
/// How many accounts there are to choose from.
const ACCOUNTS: u64 = 200;

/// A change to the list as it stood when the form was shown.
struct Edit {
    room: Room,
    issuers: Vec<Issuer>,
    typed: Typed,
    /// What the form was made for. The place of an issuer means something
    /// else in another version.
    version: i64,
    is_stale: bool,
}

/// Why the list stays what it was.
struct Refused {
    status: StatusCode,
    wrong: Wrong,
}

impl Edit {
    /// Whose tokens act as an account decides over that account, so each of
    /// these acts asks who it is. `back` is the page of the form.
    async fn begin(act: WideAct<Typed>, back: &str) -> Result<Self, Stop> {
        let (desk, typed) = act.into_parts();
        let room = Room::at(desk).await?;
        room.confirmed(&room.path(back))?;
        let version = typed.get("version").and_then(|version| version.parse().ok()).ok_or_else(Stop::nothing)?;
        let set = room.engine().issuers(&room.scope).await.map_err(Failure::from)?;
        let is_stale = set.version.map_or(0, |version| version.version) != version;
        Ok(Self { room, issuers: set.issuers, typed, version, is_stale })
    }

    /// The issuer in a place, as long as the list is the one that was shown.
    fn issuer(&mut self, at: usize) -> Result<&mut Issuer, Stop> {
        self.issuers.get_mut(at).ok_or_else(Stop::nothing)
    }

    /// Puts the list as it is now in the place of what it was.
    async fn put(&self, authenticator: &web::Data<Authenticator>) -> Result<Result<(), Refused>, Stop> {
        let (room, authority, wanted) = (&self.room, self.room.authority(), self.issuers.clone());
        let put = room.engine().replace_issuers(&authority, Manager::Operator, wanted, Some(self.version), room.now);
        let refused = |status, wrong| Ok(Err(Refused { status, wrong }));
        match put.await {
            Ok(_) => {
                authenticator.forget_issuers();
                Ok(Ok(()))
            }
            Err(NotReplaced::Faults(faults)) => {
                refused(StatusCode::UNPROCESSABLE_ENTITY, faults.iter().map(form::said).collect())
            }
            Err(NotReplaced::OtherVersion(change)) => {
                let said = failure::words(&Failure::Stale(change.map(Box::new))).unwrap_or_default();
                refused(StatusCode::CONFLICT, [(form::WHOLE.to_owned(), said)].into())
            }
            Err(NotReplaced::ExceedsGranter) => Err(Failure::Forbidden.into()),
            Err(NotReplaced::Store(error)) => Err(Failure::from(error).into()),
        }
    }
}

/// The place in a list that the path of a request names.
fn place(request: &HttpRequest, name: &str) -> Result<usize, Stop> {
    request.match_info().get(name).and_then(|place| place.parse().ok()).ok_or_else(Stop::nothing)
}

/// The accounts that tokens may act as: id and name.
async fn accounts(room: &Room) -> Result<Vec<(String, String)>, Failure> {
    let slice = Slice { skip: 0, count: ACCOUNTS, descending: false };
    let by = crate::store::service_accounts::AccountAttribute::Name;
    let (_, found) = room.engine().page_accounts(&room.scope, &[], by, slice).await?;
    Ok(found.into_iter().map(|found| (found.account.id.to_string(), found.account.name)).collect())
}
