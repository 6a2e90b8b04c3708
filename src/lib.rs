//! dormouse
