//! How processes find out among themselves which of them does the work.

use crate::js::value::{Kind, Value};

/// Codes and names of errors by which a store says that another was first: MongoDB, PostgreSQL, MySQL, SQLite, Prisma, Sequelize,
/// DynamoDB and the file system.
const ANOTHER_WAS_FIRST: [&str; 14] = [
    "11000",
    "11001",
    "23505",
    "ER_DUP_ENTRY",
    "1062",
    "SQLITE_CONSTRAINT",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "P2002",
    "SequelizeUniqueConstraintError",
    "UniqueConstraintError",
    "ConditionalCheckFailedException",
    "EEXIST",
    "ELOCKED",
];

/// Whether a comparison with `constant` asks if another process was first.
pub(super) fn says_another_was_first(constant: &Value) -> bool {
    match &constant.kind {
        Kind::String(text) => ANOTHER_WAS_FIRST.contains(&&**text),
        Kind::Number(number) => ANOTHER_WAS_FIRST.contains(&&*number.to_string()),
        _ => false,
    }
}
