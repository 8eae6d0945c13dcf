//! The guides for a registry office: every command in them is run, in their order, and ends well.

use std::path::Path;
use std::process::Command;

/// The commands of a guide: its blocks of `sh`, one behind the other.
fn commands(guide: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(guide);
    let text = std::fs::read_to_string(path).expect("a guide");
    let mut commands = String::new();
    let mut is_shell = false;
    for line in text.lines() {
        match line {
            "```sh" => is_shell = true,
            "```" => is_shell = false,
            _ if is_shell => {
                commands += line;
                commands.push('\n');
            }
            _ => {}
        }
    }
    commands
}

/// Runs a guide in an empty directory; returns what it said.
fn follow(guide: &str, language: &str) -> String {
    let commands = commands(guide);
    assert!(
        commands.lines().filter(|line| line.starts_with("renji ")).count() >= 15,
        "{guide} has its commands"
    );
    let directory = tempfile::tempdir().expect("a directory");
    let program = Path::new(env!("CARGO_BIN_EXE_renji")).parent().expect("a directory of programs");
    let known = std::env::var("PATH").expect("a path");
    let output = Command::new("sh")
        .args(["-e", "-c", &commands])
        .current_dir(directory.path())
        .env("PATH", format!("{}:{known}", program.display()))
        .env("LC_ALL", language)
        .env_remove("RENJI_REGISTRY")
        .env_remove("RENJI_OPERATOR")
        .output()
        .expect("a shell");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{guide}:\n{said}");
    said
}

#[test]
fn the_chinese_guide_runs_from_its_first_command_to_its_last() {
    let said = follow("GUIDE.zh-CN.md", "zh_CN.UTF-8");
    assert!(said.contains("学籍号转为正式") && said.contains("未发现错误"), "{said}");
}

#[test]
fn the_english_guide_runs_from_its_first_command_to_its_last() {
    let said = follow("GUIDE.md", "en_GB.UTF-8");
    assert!(said.contains("numbers became formal") && said.contains("no faults"), "{said}");
}
