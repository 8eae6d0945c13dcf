//! The binary: hands the arguments to [`renji::cli`] and turns its answer into an exit code.

fn main() -> std::process::ExitCode {
    renji::cli::main()
}
