//! Replies as people read them, and as programs do.
//!
//! Invariant: columns are aligned, times are dates in UTC, and there is no title because no [`Reply`] has one.

use jiff::Timestamp;

use crate::admin::{Address, Holding, Invite, Reply, User};
use crate::config::Print;

/// Ends with a line break.
pub fn show(reply: &Reply, print: Print) -> String {
    match (print, reply) {
        (Print::Programs, _) => json(reply),
        (_, Reply::Users(users)) => table(["NAME", "SHOWN AS", "SINCE", "DOCUMENTS", "STATE"], users.iter().map(user)),
        (_, Reply::User(user)) => format!("{} is {}.\n", user.name, state(user)),
        (_, Reply::Invite(Invite { url, expires_ms, .. })) => once(url, *expires_ms),
        (_, Reply::Address(Address { url, expires_ms })) => once(url, *expires_ms),
        (_, Reply::Documents(documents)) => {
            table(["DOCUMENT", "OWNER", "CREATED", "CHANGED", "TRASHED"], documents.iter().map(document))
        }
        (_, Reply::Document(document)) => format!("{} is {}'s now.\n", document.id, owner(document)),
        (_, Reply::Metrics(text)) => text.clone(),
        (_, Reply::Progress(_) | Reply::Report(_) | Reply::Settings(_) | Reply::Backup) => String::new(),
        (_, Reply::Refused(why)) => format!("{why}\n"),
    }
}

/// Only the value: which command it answers, its reader knows.
fn json(reply: &Reply) -> String {
    let mut reply = serde_json::to_value(reply).expect("replies have no maps and no failing fields");
    format!("{:#}\n", reply["value"].take())
}

fn user(user: &User) -> [String; 5] {
    let (name, display, since) = (user.name.clone(), user.display.clone(), date(user.created_ms));
    [name, display, since, user.documents.to_string(), state(user)]
}

fn state(user: &User) -> String {
    match (user.suspended_ms, user.admin) {
        (Some(ms), _) => format!("suspended since {}", date(ms)),
        (None, true) => "an administrator".into(),
        (None, false) => "active".into(),
    }
}

fn document(document: &Holding) -> [String; 5] {
    let Holding { id, created_ms, updated_ms, trashed_ms, .. } = document;
    let trashed = trashed_ms.map(date).unwrap_or_default();
    [id.to_string(), owner(document), date(*created_ms), date(*updated_ms), trashed]
}

/// By account name; guests have none and go by how they are shown.
fn owner(document: &Holding) -> String {
    document.owner.called().to_owned()
}

fn once(url: &str, expires_ms: u64) -> String {
    format!("{url}\nIt works once, until {}.\n", time(expires_ms, "%Y-%m-%d %H:%M UTC"))
}

fn date(ms: u64) -> String {
    time(ms, "%Y-%m-%d")
}

fn time(ms: u64, format: &str) -> String {
    let time = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.map_or_else(|| "?".into(), |time| time.strftime(format).to_string())
}

fn table<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut lines = vec![heads.map(str::to_owned)];
    lines.extend(rows);
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(wide);
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_letters() {
        let rows = [["ada".into(), "Ada Lovelace".into()], ["bo".into(), "Bö".into()]];
        assert_eq!(table(["N", "SHOWN"], rows.into_iter()), "N    SHOWN\nada  Ada Lovelace\nbo   Bö\n");
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(date(1_767_225_600_000), "2026-01-01");
        assert_eq!(time(1_767_225_660_000, "%Y-%m-%d %H:%M UTC"), "2026-01-01 00:01 UTC");
        assert_eq!(date(u64::MAX), "?");
    }
}
