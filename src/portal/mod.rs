//! Owns what people see: the hosted pages, their handlers, and the page-shaped form of every error. Does not own any rule: the
//! pages call the same services as the APIs. Entered by `app.rs`, and by `http` rooms whose errors are pages.

mod answer;
mod frame;
mod handlers;
pub mod pages;
mod routes;
mod state;
mod visitor;

pub use answer::{error_page, fault, post_page, redirect, refusal};
pub use frame::Frame;
pub use pages::ErrorKind;
pub use routes::routes;
pub use state::{Parts, Portal};
pub use visitor::Visitor;
