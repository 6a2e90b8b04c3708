//! The whole site on generated portals whose truth is known: what is decided and done must agree with it
//! for every account. The real program in process, the real store, a real socket.

mod bad_input;
mod truth;
