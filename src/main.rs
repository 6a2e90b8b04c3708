//! The program: read the command line, run, end with the exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use dormouse::{
    app::{self, Environment},
    exit::Exit,
};

fn main() -> ExitCode {
    let mut environment = match Environment::of_process() {
        Ok(environment) => environment,
        Err(error) => {
            // Where stderr is gone too there is nowhere left to say so.
            let _ = writeln!(io::stderr(), "error: no working directory: {error}");
            return Exit::Failed.into();
        }
    };
    let exit = match app::parse(std::env::args_os(), &mut environment) {
        Ok(cli) => {
            app::start_logging(&cli, &environment);
            app::run(cli, environment)
        }
        Err(exit) => exit,
    };
    exit.into()
}
