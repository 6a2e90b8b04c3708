//! The program: read the command line, run, end with the exit code.

use std::process::ExitCode;

use dormouse::{
    app::{self, World},
    exit::Exit,
    logging,
};

fn main() -> ExitCode {
    let Ok(mut world) = World::of_process() else {
        // Without a working directory there is no .env, no configuration and no store.
        return Exit::Failed.into();
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
