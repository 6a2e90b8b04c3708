//! The routes, one function each: `fn(&mut World, &Call) -> Answer`, no I/O, no waiting.

mod groups;
mod keys;
mod people;
mod people_filter;
mod portal;
mod security;
mod settings;
mod status;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, RawPathParams, State};
use axum::http::Response;
use axum::routing::{MethodRouter, get, put};

use crate::state::Shared;
use crate::wire::call::Call;
use crate::wire::reply::Answer;
use crate::world::World;

type Action = fn(&mut World, &Call) -> Answer;

/// The API below `/api/2.0`; anything else is an empty 404, a wrong method an empty 405.
pub(crate) fn router() -> Router<Shared> {
    let api = Router::new()
        .route("/security/audit/login/filter", reads(security::login_filter))
        .route("/security/audit/login/last", reads(security::login_last))
        .route("/security/audit/events/filter", reads(security::events_filter))
        .route("/security/audit/settings/lifetime", reads(security::lifetime))
        .route("/settings/cookiesettings", reads(settings::cookie_settings))
        .route("/settings/version/build", reads(settings::build))
        .route("/settings", reads(settings::settings))
        .route("/capabilities", reads(settings::capabilities))
        .route("/authentication", reads(settings::authentication))
        .route("/people", reads(people::active))
        .route("/people/filter", reads(people::filter))
        .route("/people/@self", reads(people::myself))
        .route("/people/email", reads(people::by_email))
        .route("/people/{id}", reads(people::by_id))
        .route(
            "/people/status/{status}",
            reads(people::by_status).merge(writes(status::change_status)),
        )
        .route("/group", reads(groups::list))
        .route("/group/{id}", reads(groups::by_id))
        .route("/group/user/{id}", reads(groups::of_user))
        .route("/keys", reads(keys::list))
        .route("/keys/@self", reads(keys::myself))
        .route("/portal", reads(portal::portal))
        .route("/portal/quota", reads(portal::quota))
        .route("/portal/tariff", reads(portal::tariff))
        .route("/portal/userscount", reads(portal::users_count));
    Router::new().nest("/api/2.0", api)
}

fn reads(action: Action) -> MethodRouter<Shared> {
    get(move |shared: State<Shared>, args: RawPathParams, call: Extension<Call>| async move {
        run(action, &shared, &args, call.0)
    })
}

fn writes(action: Action) -> MethodRouter<Shared> {
    put(move |shared: State<Shared>, args: RawPathParams, call: Extension<Call>| async move {
        run(action, &shared, &args, call.0)
    })
}

fn run(action: Action, shared: &Shared, args: &RawPathParams, mut call: Call) -> Response<Body> {
    call.args = args.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    action(&mut shared.world(), &call).unwrap_or_else(|refusal| refusal).into_response()
}
