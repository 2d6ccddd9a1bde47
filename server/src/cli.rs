//! The command line.

/// Reads the arguments and runs what they ask for.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
