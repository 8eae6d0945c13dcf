//! The examples of the registry, each run, and what it prints.

/// Runs the story of an example in a directory of its own.
macro_rules! example {
    ($name:ident, $path:literal, $said:literal) => {
        #[allow(dead_code, reason = "its `main` prints the same to the terminal")]
        #[path = $path]
        mod $name;

        #[test]
        fn $name() {
            let directory = tempfile::tempdir().expect("a directory");
            let mut out = Vec::new();
            $name::story(&directory.path().join("registry"), &mut out).expect("a story that ends well");
            assert_eq!(String::from_utf8(out).expect("text"), $said);
        }
    };
}

example!(
    embed,
    "../../examples/embed.rs",
    "\
requests: 12
issued 6, known already 6, held 0
the numbers told are the numbers issued: true
letters: JLLLLL
the same request again: the same answer: true
students: 6
verified: true
"
);

example!(transfer, "../../examples/transfer.rs", "");

example!(case, "../../examples/case.rs", "");

example!(follow, "../../examples/follow.rs", "");
