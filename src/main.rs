//! The program: read the command line, run, end with the exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use dormouse::{
    app::{self, World},
    exit::Exit,
    logging,
};

fn main() -> ExitCode {
    let mut world = match World::of_process() {
        Ok(world) => world,
        Err(error) => {
            // Where stderr is gone too there is nowhere left to say so.
            let _ = writeln!(io::stderr(), "error: no working directory: {error}");
            return Exit::Failed.into();
        }
    };
    let exit = match app::parse(std::env::args_os(), &mut world) {
        Ok(cli) => {
            logging::install(&cli.global);
            app::run(cli, world)
        }
        Err(exit) => exit,
    };
    exit.into()
}
