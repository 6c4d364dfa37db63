//! Owns how process settings are read: the layers and their order, the refusal of unknown names, secrets by value or by file,
//! the collection of everything that is wrong, and the typed sections in `sections`. Does not own the root that nests the
//! sections (`app::settings`), nor instance settings, which live in the database. Entered by `app::settings`, and by
//! whoever takes a section.
//!
//! A setting is a dotted key, `section.key`. The built-in `default.toml` is the list of all of them: a key that is not in
//! it is refused, its TOML type is the type of the setting, and a key `x` that stands beside `x_file` is a secret. So
//! adding a setting is one commented line there and one field in a section.

mod environment;
mod known;
mod layer;
mod load;
mod problem;
mod reference;
mod row;
mod secret_file;
mod section;
pub mod sections;
mod stack;
mod toml_layer;
mod values;
mod variables;

pub use environment::{Environment, UnknownEnvironment};
pub use load::{Layers, LoadArgs, Loaded, check, load, show};
pub use problem::{Problem, SettingsError, Severity};
pub use reference::reference;
pub use row::Row;
pub use section::{Root, Section};
