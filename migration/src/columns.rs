//! What every table shares: ids, times, foreign keys, index names.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null};
use sea_orm_migration::sea_orm::DbBackend;

/// The answer of every migration's `use_transaction`: on SQLite too, so that a migration which fails half-way leaves
/// no table behind.
pub const ATOMIC: Option<bool> = Some(true);

/// Length of a column that holds an id.
const ID_LENGTH: u32 = 64;

/// Text columns that hold ids and other keys made by the program.
///
/// They compare byte by byte, so that ids sort by the time in them. SQLite does so by itself; PostgreSQL would use the
/// language of the database unless told `COLLATE "C"`, and refuses to compare a column that has it with one that has
/// not.
#[derive(Clone, Copy)]
pub struct Keys {
    backend: DbBackend,
}

impl Keys {
    pub fn of(manager: &SchemaManager<'_>) -> Self {
        Self {
            backend: manager.get_database_backend(),
        }
    }

    /// An id.
    pub fn id(self, name: &'static str) -> ColumnDef {
        self.text(name, ID_LENGTH).not_null().take()
    }

    /// An id, or null.
    pub fn id_null(self, name: &'static str) -> ColumnDef {
        self.text(name, ID_LENGTH).null().take()
    }

    /// A key of at most `length` characters.
    pub fn key(self, name: &'static str, length: u32) -> ColumnDef {
        self.text(name, length).not_null().take()
    }

    fn text(self, name: &'static str, length: u32) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        column.string_len(length);
        if self.backend == DbBackend::Postgres {
            column.extra(r#"COLLATE "C""#);
        }
        column
    }
}

/// A moment, in Unix milliseconds.
pub fn time(name: &'static str) -> ColumnDef {
    big_integer(name)
}

/// A moment, in Unix milliseconds, or null while it has not come.
pub fn time_null(name: &'static str) -> ColumnDef {
    big_integer_null(name)
}

/// A foreign key to the `id` of `parent`: the row goes when its parent goes.
pub fn cascade(table: &'static str, column: &'static str, parent: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(parent, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

/// The primary key of a table that has no `id`.
pub fn primary_key(columns: &[&'static str]) -> IndexCreateStatement {
    columns
        .iter()
        .fold(&mut Index::create(), |key, column| key.col(*column))
        .take()
}

/// An index, named after its columns.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    primary_key(columns)
        .name(format!("idx_{table}_{}", columns.join("_")))
        .table(table)
        .take()
}
