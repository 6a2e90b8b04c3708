//! The auditor's report: what it holds, as one page, a folder of CSV files, or JSON.

pub mod folder;
pub mod html;
pub mod pack;
pub mod promise;
