//! The daemon's clock where its banner is not in the logs, as after a rotation: lists of processes have in UTC what its log has in
//! the host's time.

use std::collections::BTreeSet;

use jiff::tz::Offset;
use serde_json::Value;

use super::lives::Lives;
use crate::archive::timeline::{Process, Stamp};

/// All zones differ from UTC by a multiple of this, in seconds.
const STEP: i64 = 15 * 60;
/// No zone differs by more, in seconds.
const FARTHEST: i64 = 14 * 3600;
/// Both are told at one time; the log has whole seconds.
const ROUNDING: i64 = 2;

/// The offset from UTC at which the log tells the last start of each process that `processes` has. `None`: they do not tell, or
/// disagree.
pub(super) fn offset(lives: &Lives, processes: &[Process]) -> Option<Offset> {
    let offsets: BTreeSet<i64> = processes.iter().filter_map(|process| by_start(lives, process)).collect();
    let only = offsets.first().filter(|_| offsets.len() == 1)?;
    Offset::from_seconds(i32::try_from(*only).ok()?).ok()
}

fn by_start(lives: &Lives, process: &Process) -> Option<i64> {
    let worker = lives.workers.get(&(process.name.clone(), process.pm_id?))?;
    let logged = worker.book.last_start().filter(|start| start.offset.is_none())?;
    let listed = Stamp::from_millis(process.pm2_env.get("pm_uptime").and_then(Value::as_i64)?)?;
    let seconds = logged.at.duration_since(listed.at).as_secs();
    let offset = (seconds + STEP / 2).div_euclid(STEP) * STEP;
    ((seconds - offset).abs() <= ROUNDING && offset.abs() <= FARTHEST).then_some(offset)
}
