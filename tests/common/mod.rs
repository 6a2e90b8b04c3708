//! The program in process, as `main` runs it, with streams that a test reads afterwards.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use dormouse::{
    app::{self, World},
    output::{Streams, Terminal},
};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command line in surroundings that are given the streams.
pub(crate) fn run(line: &str, surroundings: impl FnOnce(Streams) -> World) -> Ran {
    let (stdout, stderr) = (Buffer::default(), Buffer::default());
    let mut world = surroundings(Streams {
        stdout: Box::new(stdout.clone()),
        stderr: Box::new(stderr.clone()),
        stdout_is: Terminal::None,
        stderr_is: Terminal::None,
    });
    let args = std::iter::once("dormouse").chain(line.split_whitespace());
    let exit = app::parse(args, &mut world).map_or_else(|exit| exit, |cli| app::run(cli, world));
    Ran { code: exit.code(), stdout: stdout.text(), stderr: stderr.text() }
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
