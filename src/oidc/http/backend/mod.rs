//! The provider's part of the Backend API: applications, the tokens issued to them, and what people granted them.

mod applications;
mod fields;
mod grants;
mod object;
mod path;
mod routes;
mod tokens;

pub use routes::backend_routes;
