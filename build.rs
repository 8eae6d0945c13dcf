//! Notes what compiled the program, for `renji bench`: figures without that cannot be compared.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let set = |name: &str| std::env::var(name).unwrap_or_default();
    let version = Command::new(set("RUSTC")).arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    println!("cargo:rustc-env=RENJI_RUSTC={}", version.unwrap_or_default());
    println!("cargo:rustc-env=RENJI_OPT_LEVEL={}", set("OPT_LEVEL"));
}
