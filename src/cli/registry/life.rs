//! A student's life at the registry: amended, transferred, cleared, merged, retired.

use serde_json::{Value, json};

use super::{Exit, Office, given, operator};
use crate::cli::flags::{AmendFlags, ClearFlags, DecideFlags, EventFlags, MergeFlags};
use crate::error::{Error, Result};
use crate::number::RegistryNumber;
use crate::registry::{Clearance, LifeEvent, Registry, RegistryError};

impl Office<'_> {
    /// What is so after a decision: the number, the status, the open cases.
    fn after(
        &self,
        registry: &Registry,
        number: &RegistryNumber,
        is_json: bool,
        done: (&str, &str),
    ) -> Result<Exit> {
        let student = registry.student(number)?.ok_or(RegistryError::UnknownNumber)?;
        let state = &student.state;
        let current = state.number.unwrap_or(*number);
        let cases: Vec<u32> = state.cases.iter().map(|case| case.get()).collect();
        let json = || -> Value {
            json!({
                "registry_number": current.as_str(), "status": state.status.code(), "cases": cases
            })
        };
        let text = || {
            let language = self.language();
            let mut text = format!("{current}: {}\n", language.pick(done.0, done.1));
            for case in &cases {
                let open = language.pick("待处理问题", "open case");
                text.push_str(&format!("{open} {case}\n"));
            }
            text
        };
        Ok(self.answer(is_json, json, text))
    }

    /// Corrects a record: the fields given take the place of those that are there.
    pub(super) fn amend(&self, flags: AmendFlags) -> Result<Exit> {
        let operator = operator(flags.decision.operator.as_deref())?;
        let number = given::number(&flags.number)?;
        let on = flags.on.as_deref().map(|text| given::date("--on", text)).transpose()?;
        let fields = given::fields(flags.student)?;
        let registry = self.write()?;
        let mut record = registry.student(&number)?.ok_or(RegistryError::UnknownNumber)?.record;
        record.set(fields);
        registry.amend(&number, record, on, &operator, &flags.decision.reason)?;
        self.after(&registry, &number, flags.output.json, ("已变更", "corrected"))
    }

    /// Notes an event at school.
    pub(super) fn event(&self, flags: &EventFlags) -> Result<Exit> {
        let number = given::number(&flags.number)?;
        let on = given::date("--on", &flags.on)?;
        let event = LifeEvent::parse(&flags.kind).ok_or_else(|| {
            let known: Vec<&str> = LifeEvent::ALL.into_iter().map(LifeEvent::code).collect();
            let known = known.join(", ");
            Error::refused(format!("KIND: there are {known}"), format!("KIND：可用的异动类型：{known}"))
        })?;
        let is_transfer = event == LifeEvent::Transferred;
        if is_transfer != flags.region.is_some() || is_transfer != flags.school_code.is_some() {
            return Err(Error::refused(
                "a transfer needs --region and --school-code; no other event has them",
                "转学须给出 --region 和 --school-code；其他异动不得给出",
            ));
        }
        let registry = self.write()?;
        match (&flags.region, &flags.school_code) {
            (Some(region), Some(school)) => registry.transfer(&number, region, school, on, &flags.source)?,
            _ => registry.note(&number, event, on, &flags.source)?,
        }
        self.after(&registry, &number, flags.output.json, ("已登记", "noted"))
    }

    /// Says what the population check came to.
    pub(super) fn clear(&self, flags: &ClearFlags) -> Result<Exit> {
        let operator = operator(flags.operator.as_deref())?;
        let number = given::number(&flags.number)?;
        let clearance = if flags.agrees { Clearance::Agrees } else { Clearance::NoCitizenId };
        let registry = self.write()?;
        let number = registry.clear(&number, clearance, &operator)?;
        self.after(&registry, &number, flags.output.json, ("现用学籍号", "the number held now"))
    }

    /// Merges two students.
    pub(super) fn merge(&self, flags: &MergeFlags) -> Result<Exit> {
        let operator = operator(flags.decision.operator.as_deref())?;
        let (a, b) = (given::number(&flags.a)?, given::number(&flags.b)?);
        let registry = self.write()?;
        let number = registry.merge(&a, &b, &operator, &flags.decision.reason)?;
        self.after(&registry, &number, flags.output.json, ("归并后保留的学籍号", "the number that stays"))
    }

    /// Takes a merge back.
    pub(super) fn unmerge(&self, flags: &DecideFlags) -> Result<Exit> {
        let operator = operator(flags.decision.operator.as_deref())?;
        let number = given::number(&flags.number)?;
        let registry = self.write()?;
        registry.unmerge(&number, &operator, &flags.decision.reason)?;
        self.after(&registry, &number, flags.output.json, ("归并已撤销", "the merge was taken back"))
    }

    /// Deletes an entry.
    pub(super) fn retire(&self, flags: &DecideFlags) -> Result<Exit> {
        let operator = operator(flags.decision.operator.as_deref())?;
        let number = given::number(&flags.number)?;
        let registry = self.write()?;
        registry.retire(&number, &operator, &flags.decision.reason)?;
        self.after(&registry, &number, flags.output.json, ("已注销", "retired"))
    }
}
