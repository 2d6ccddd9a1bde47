//! The real program, `trueup`, started as a person would start it: its own folder, a port of the kernel's choice.

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::sync::OnceLock;

use bundle::bind::Bound;
use bundle::{Bundle, site};
use tempfile::TempDir;

use crate::process::Process;

/// The built program. The first call in a test process asks cargo to bring it up to date; `TRUEUP_BIN` names another.
#[must_use]
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("TRUEUP_BIN") {
        Some(path) => PathBuf::from(path),
        None => build(),
    })
}

fn build() -> PathBuf {
    let exe = std::env::current_exe().expect("tests have a path");
    // <target>/<profile>/deps/<test>; a doc test lies elsewhere and gets the usual folder
    let folder = exe.ancestors().nth(2).filter(|folder| folder.join("deps").is_dir());
    let folder = folder.map_or_else(|| crate::root().join("target").join("debug"), Path::to_path_buf);
    let target = folder.parent().expect("a profile lies in a target folder");
    let profile = match folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    // the whole workspace, so that features unite as in the build of the tests and nothing is compiled twice
    let output = Command::new(cargo)
        .current_dir(crate::root())
        .args(["build", "--quiet", "--locked", "--workspace", "--bin", "trueup", "--profile", profile, "--target-dir"])
        .arg(target)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "cargo cannot build trueup:\n{}", String::from_utf8_lossy(&output.stderr));
    folder.join("trueup")
}

/// The browser bundles, built when an input has changed: the folder to hand to a server as `TRUEUP_WEB`, which in the
/// environment of the tests names another folder with built ones.
#[must_use]
pub fn bundles() -> &'static bundle::Site {
    static BUNDLES: OnceLock<bundle::Site> = OnceLock::new();
    BUNDLES.get_or_init(|| {
        if let Some(built) = std::env::var_os("TRUEUP_WEB") {
            return site::read(Path::new(&built)).unwrap_or_else(|error| panic!("no bundles there: {error:#}"));
        }
        let plan = bundle::Plan::standard(&crate::root());
        bundle::ensure(&plan).unwrap_or_else(|error| panic!("cannot build the browser bundles: {error:#}"))
    })
}

/// Runs a command of the program that ends by itself (`import`, `export`, `verify`, …).
///
/// # Panics
/// When it cannot be started; an exit code is the caller's to judge.
pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    clean(&mut Command::new(binary())).args(arguments).output().expect("trueup starts")
}

/// No setting of the machine leaks into a test.
fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"TRUEUP_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_LOG")
}

/// How a server is to be started.
pub struct Launch {
    role: &'static str,
    data: Option<PathBuf>,
    with_bundles: bool,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    under: Vec<OsString>,
}

impl Launch {
    /// `trueup serve`, on an empty folder.
    #[must_use]
    pub fn serve() -> Self {
        Self {
            role: "serve",
            data: None,
            with_bundles: false,
            arguments: Vec::new(),
            variables: Vec::new(),
            under: Vec::new(),
        }
    }

    /// `trueup demo`, with its sample warehouse.
    #[must_use]
    pub fn demo() -> Self {
        Self { role: "demo", ..Self::serve() }
    }

    /// On a folder of the caller's, which stays when the server is dropped.
    #[must_use]
    pub fn data(mut self, folder: &Path) -> Self {
        self.data = Some(folder.to_path_buf());
        self
    }

    /// With the browser bundles: builds them when they are stale, and gives the server a copy of its own, so that
    /// another build meanwhile changes nothing.
    #[must_use]
    pub fn bundles(mut self) -> Self {
        self.with_bundles = true;
        self
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With an environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Under another program that starts it in its own place, such as `strace -D`.
    #[must_use]
    pub fn under<A: Into<OsString>>(mut self, command: impl IntoIterator<Item = A>) -> Self {
        self.under = command.into_iter().map(Into::into).collect();
        self
    }

    /// Starts it and waits until it has printed its address.
    #[must_use]
    pub fn start(self) -> Server {
        let home = tempfile::Builder::new().prefix("trueup-test-").tempdir().expect("a temporary folder");
        let web = home.path().join("web");
        if self.with_bundles {
            copy_tree(&bundles().folder, &web);
        }
        let data = self.data.clone().unwrap_or_else(|| home.path().join("data"));
        let process = spawn(&self, &data, &web, "127.0.0.1:0");
        let address = listening(&process);
        Server { launch: self, process, address, data, web, _home: home }
    }
}

fn spawn(launch: &Launch, data: &Path, web: &Path, listen: &str) -> Process {
    let mut command = match launch.under.split_first() {
        None => Command::new(binary()),
        Some((first, others)) => {
            let mut command = Command::new(first);
            command.args(others).arg(binary());
            command
        }
    };
    clean(&mut command).arg(launch.role).arg("--data").arg(data).args(["--listen", listen]);
    // without bundles the folder does not exist, and pages say so instead of showing whatever lies in `target/web`
    command.args(&launch.arguments).env("TRUEUP_WEB", web).envs(launch.variables.iter().cloned());
    Process::start(&format!("trueup {}", launch.role), &mut command)
}

fn listening(process: &Process) -> SocketAddr {
    process.wait_line("a line with its address", |line| {
        let (_, rest) = line.split_once("http://127.0.0.1:")?;
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        format!("127.0.0.1:{port}").parse().ok()
    })
}

/// A running server. Dropping it kills it and removes its folder.
pub struct Server {
    launch: Launch,
    process: Process,
    address: SocketAddr,
    data: PathBuf,
    web: PathBuf,
    _home: TempDir,
}

impl Server {
    /// `http://127.0.0.1:<port>`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens; the same after a restart.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder it reads its bundles from; a test of deploys puts another build here.
    #[must_use]
    pub fn web(&self) -> &Path {
        &self.web
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Everything it has printed since it was last started.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Waits for a printed line that `wanted` makes something of, such as the set-up link of a first run.
    pub fn wait_line<T>(&self, what: &str, wanted: impl Fn(&str) -> Option<T>) -> T {
        self.process.wait_line(what, wanted)
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// SIGTERM: it finishes what it has begun.
    pub fn stop(&mut self) -> ExitStatus {
        self.process.stop()
    }

    /// Waits until it has ended by itself.
    pub fn wait_end(&mut self) -> ExitStatus {
        self.process.wait_end()
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// What it is started with from the next start on: an environment variable, or none of that name.
    pub fn set_env(&mut self, name: &str, value: Option<&str>) {
        self.launch.variables.retain(|(known, _)| known != name);
        self.launch.variables.extend(value.map(|value| (name.into(), value.into())));
    }

    /// What it is started under from the next start on; nothing, where that is empty. See [`Launch::under`].
    pub fn set_under<A: Into<OsString>>(&mut self, command: impl IntoIterator<Item = A>) {
        self.launch.under = command.into_iter().map(Into::into).collect();
    }

    /// Starts it again, on the same port and data; kills it first when it still runs.
    pub fn restart(&mut self) {
        self.process.kill();
        self.process = spawn(&self.launch, &self.data, &self.web, &self.address.to_string());
        let address = listening(&self.process);
        assert_eq!(address, self.address, "the server came back at another address");
    }
}

/// Puts another build into a folder of bundles: the same application with one more line in its glue.
pub fn another_build(folder: &Path) {
    let files = bundles().folder.join("files").join("b").join(&bundles().build);
    let read = |name: String| std::fs::read(files.join(name)).expect("a built file");
    let parts = Bundle::ALL.map(|bundle| {
        let mut js = read(format!("{}.js", bundle.name()));
        js.extend_from_slice(b"\n// one line more\n");
        (bundle, Bound { js, wasm: read(format!("{}.wasm", bundle.name())) })
    });
    std::fs::remove_dir_all(folder).expect("the old build goes");
    site::write(&crate::root().join("app").join("web"), &parts, folder).expect("the new build");
}

/// Copies a folder with all that is in it.
pub fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder to copy to");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("entries have names"));
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a file to copy");
        }
    }
}
