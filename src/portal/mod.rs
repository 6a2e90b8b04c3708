//! REST client of the portal.
