//! The provider's endpoints over HTTP: each reads its request strictly, calls the provider and words the answer.

mod authorize;
mod backend;
mod bearer;
mod browser;
mod cors;
mod documents;
mod endpoint;
mod introspect;
mod logout;
mod refusal;
mod revoke;
mod routes;
mod token;
mod userinfo;

pub use backend::backend_routes;
pub use refusal::refusal;
pub use routes::routes;
