//! In which form results are written.

use clap::ValueEnum;

/// The form of a command's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned text for people.
    Table,
    /// One JSON object with a versioned schema.
    Json,
    /// RFC 4180, formulas neutralised.
    Csv,
    /// A self-contained page; `report` only.
    Html,
    /// A textfile for the node_exporter of Prometheus; `status` only.
    Prometheus,
}

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorMode {
    /// Where the stream is a terminal and NO_COLOR is not set.
    #[default]
    Auto,
    Always,
    Never,
}
