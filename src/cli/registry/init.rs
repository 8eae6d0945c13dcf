//! `renji init`: a registry made.

use serde_json::json;

use super::{Exit, Office};
use crate::cli::flags::InitFlags;
use crate::error::{Error, Result};
use crate::registry::{Registry, Settings};
use crate::source::read_model;

impl Office<'_> {
    /// Makes a registry.
    pub(super) fn init(&self, flags: InitFlags) -> Result<Exit> {
        let directory = match (&flags.directory, &self.directory) {
            (Some(directory), _) => directory.as_path(),
            (None, Some(directory)) => directory.as_path(),
            (None, None) => {
                return Err(Error::refused(
                    "where is the registry to be? `renji init DIR`",
                    "请指定学籍库目录：renji init 目录",
                ));
            }
        };
        let settings = Settings {
            scope: flags.scope,
            population_check: flags.population_check.into(),
            delegated: flags.delegated,
        };
        let mut builder = Registry::builder();
        if let Some(file) = &flags.model {
            builder = builder.model(read_model(file)?);
        }
        let registry = builder.create(directory, settings)?;
        let settings = registry.settings();
        let place = directory.display();
        let json = || {
            json!({
                "registry": place.to_string(),
                "scope": settings.scope,
                "population_check": settings.population_check,
                "delegated": settings.delegated,
            })
        };
        let text =
            || format!("{place}{}\n", self.language().pick("：学籍库已建立", ": the registry is made"));
        Ok(self.answer(flags.output.json, json, text))
    }
}
