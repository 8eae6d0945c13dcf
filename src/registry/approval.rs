//! A full export needs a second person: one approves it, another takes it, and the journal has both.

use sm3::{Digest, Sm3};

use super::settle::named;
use super::{Event, Registry, RegistryError, Result, Timestamp};
use crate::store::Approval;

/// How long an approval holds, in seconds.
const HOLDS_SECONDS: i64 = 24 * 60 * 60;

impl Registry {
    /// Approves one full export by somebody else within a day. Returns the token that allows it; the registry
    /// keeps only its hash.
    ///
    /// # Errors
    /// [`RegistryError::Impossible`] without an operator.
    pub fn approve_export(&self, operator: &str) -> Result<String> {
        named(operator, "approval")?;
        let (high, low) = (self.surroundings.random(), self.surroundings.random());
        let token = format!("{high:016x}{low:016x}");
        self.write_by(operator, |draft, _| {
            let until = Timestamp::new(draft.at().get() + HOLDS_SECONDS);
            draft.record(Event::Approved { token: digest(&token), until }, None)?;
            Ok(())
        })?;
        Ok(token)
    }

    /// Uses an approval up, before anything is written out.
    ///
    /// # Errors
    /// [`RegistryError::Impossible`] if the token is unknown, used, expired, or the operator's own approval.
    pub fn use_approval(&self, operator: &str, token: &str) -> Result<()> {
        named(operator, "export")?;
        self.write_by(operator, |draft, _| {
            let token = digest(token.trim());
            let known = draft.meta.approvals.iter().find(|approval| approval.token == token);
            match known {
                Some(approval) if approval.until < draft.at().get() => {
                    Err(RegistryError::Impossible("the approval has expired", "审批已过期"))
                }
                Some(approval) if approval.by.trim() == operator.trim() => Err(RegistryError::Impossible(
                    "the approval must be another person's",
                    "审批人与导出人不得为同一人",
                )),
                Some(_) => {
                    let students = draft.meta.numbered;
                    draft.record(Event::Exported { token, students }, None)?;
                    Ok(())
                }
                None => {
                    Err(RegistryError::Impossible("no such approval, or it was used", "没有此审批，或已使用"))
                }
            }
        })
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sm3::digest(token.as_bytes()).into()
}

/// What an approval changes in the registry's state, and what using it up does.
pub(super) fn apply(approvals: &mut Vec<Approval>, event: &Event, by: &str, at: Timestamp) {
    match event {
        Event::Approved { token, until } => {
            approvals.retain(|approval| approval.until >= at.get());
            approvals.push(Approval { token: *token, until: until.get(), by: by.to_owned() });
        }
        Event::Exported { token, .. } => approvals.retain(|approval| approval.token != *token),
        _ => {}
    }
}
