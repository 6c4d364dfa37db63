//! Owns applications: OAuth clients, their secrets and their addresses. Does not own what people grant them. Entered by the
//! protocol's endpoints (to find) and by the command line (to manage).

mod model;
mod redirect_uri;
mod service;
mod store;

pub use model::{Application, ApplicationPage, CreatedApplication, NewApplication};
pub(super) use redirect_uri::shown_host;
pub use service::Applications;
