//! The feature tests: a real server on a random port, on SQLite or, with `VESTIBULE_TEST_POSTGRES_URL`, on PostgreSQL.

mod access;
mod backend;
mod backup;
mod binary;
mod database;
mod faults;
mod house_rules;
mod limits;
mod malformed;
mod nodes;
mod oidc;
mod people;
mod retention;
mod support;
