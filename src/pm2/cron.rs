//! Cron patterns as croner 4, which PM2 5 to 7 ask, checks them: croner's src/pattern.js (v4.1.97). PM2 4 has another library,
//! which refuses the seventh weekday and day 0 of the month as well.

/// What croner says of a pattern that it refuses; `None`: it takes it. Dates (`2026-12-24T00:00:00`) are patterns too.
pub fn fault(pattern: &str) -> Option<String> {
    let is_date = pattern.find(':').is_some_and(|at| at > 0);
    if is_date {
        return None;
    }
    check(pattern).err()
}

type Checked = Result<(), String>;

/// A field of a pattern: what croner calls it, its largest number, and how far its numbers are from 0.
struct Field {
    name: &'static str,
    length: i64,
    first: i64,
}

const FIELDS: [Field; 6] = [
    Field { name: "seconds", length: 60, first: 0 },
    Field { name: "minutes", length: 60, first: 0 },
    Field { name: "hours", length: 24, first: 0 },
    Field { name: "days", length: 31, first: 1 },
    Field { name: "months", length: 12, first: 1 },
    Field { name: "daysOfWeek", length: 8, first: 0 },
];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

fn check(pattern: &str) -> Checked {
    let mut parts: Vec<String> = pattern.split_whitespace().map(str::to_owned).collect();
    if parts.len() == 5 {
        parts.insert(0, "0".into());
    }
    let Ok([second, minute, hour, day, month, weekday]) = <[String; 6]>::try_from(parts) else {
        return Err(format!(
            "CronPattern: invalid configuration format ('{pattern}'), exacly five or six space separated parts required."
        ));
    };
    let day = if day.eq_ignore_ascii_case("l") { "28,29,30,31".to_owned() } else { day };
    let parts = [second, minute, hour, day, numbered(&month, &MONTHS, 1), numbered(&weekday, &DAYS, 0)];
    // `?` stands for the present, which is always in range.
    let parts = parts.map(|part| part.replacen('?', "1", 1));
    for (index, part) in parts.iter().enumerate() {
        if part.contains(|c: char| !matches!(c, '/' | '*' | '0'..='9' | ',' | '-')) {
            return Err(format!("CronPattern: configuration entry {index} ({part}) contains illegal characters."));
        }
    }
    FIELDS.iter().zip(&parts).try_for_each(|(field, part)| field.check(part))
}

/// Names of months and days as numbers.
fn numbered(part: &str, names: &[&str], first: usize) -> String {
    let lower = part.to_ascii_lowercase();
    let numbers = names.iter().enumerate();
    let part = if names.iter().any(|name| lower.contains(name)) { lower } else { part.to_owned() };
    numbers.fold(part, |part, (at, name)| part.replace(name, &(at + first).to_string()))
}

impl Field {
    fn check(&self, part: &str) -> Checked {
        if part == "*" {
            return Ok(());
        }
        let items: Vec<&str> = part.split(',').collect();
        match items.as_slice() {
            [only] => self.check_item(only),
            _ => items.iter().try_for_each(|item| match item.contains(['-', '/']) {
                true => Err("CronPattern: Range with stepping cannot coexist with ,".into()),
                false => self.check(item),
            }),
        }
    }

    fn check_item(&self, item: &str) -> Checked {
        match (item.contains('-'), item.contains('/')) {
            (true, true) => self.check_stepped_range(item),
            (true, false) => self.check_range(item),
            (false, true) => self.check_steps(item),
            (false, false) => self.check_number(item),
        }
    }

    /// An empty item is NaN, which croner takes for in range.
    fn check_number(&self, item: &str) -> Checked {
        match leading_number(item).map(|number| number - self.first) {
            Some(index) if index < 0 || index >= self.length => {
                Err(format!("CronPattern: {} value out of range: '{item}'", self.name))
            }
            _ => Ok(()),
        }
    }

    fn check_range(&self, item: &str) -> Checked {
        let [lower, upper] = item.split('-').collect::<Vec<_>>()[..] else {
            return Err(format!("CronPattern: Syntax error, illegal range: '{item}'"));
        };
        let bound = |text: &str, which: &str| {
            leading_number(text).ok_or_else(|| format!("CronPattern: Syntax error, illegal {which} range (NaN)"))
        };
        self.check_bounds(item, bound(lower, "lower")?, bound(upper, "upper")?)
    }

    fn check_bounds(&self, item: &str, lower: i64, upper: i64) -> Checked {
        if lower < self.first || upper - self.first >= self.length {
            return Err(format!("CronPattern: Value out of range: '{item}'"));
        }
        if lower > upper {
            return Err(format!("CronPattern: From value is larger than to value: '{item}'"));
        }
        Ok(())
    }

    fn check_stepped_range(&self, item: &str) -> Checked {
        let digits =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| leading_number(text)).flatten();
        let numbers = item.split_once('/').and_then(|(range, steps)| {
            let (lower, upper) = range.split_once('-')?;
            Some((digits(lower)?, digits(upper)?, digits(steps)?))
        });
        let Some((lower, upper, steps)) = numbers else {
            return Err(format!("CronPattern: Syntax error, illegal range with stepping: '{item}'"));
        };
        self.check_step(steps)?;
        self.check_bounds(item, lower, upper)
    }

    fn check_steps(&self, item: &str) -> Checked {
        let [_, steps] = item.split('/').collect::<Vec<_>>()[..] else {
            return Err(format!("CronPattern: Syntax error, illegal stepping: '{item}'"));
        };
        let steps = leading_number(steps).ok_or("CronPattern: Syntax error, illegal stepping: (NaN)")?;
        self.check_step(steps)
    }

    fn check_step(&self, steps: i64) -> Checked {
        if steps == 0 {
            return Err("CronPattern: Syntax error, illegal stepping: 0".into());
        }
        if steps > self.length {
            let length = self.length;
            return Err(format!(
                "CronPattern: Syntax error, steps cannot be greater than maximum value of part ({length})"
            ));
        }
        Ok(())
    }
}

/// `parseInt`, without a sign: the characters left here are digits, `*`, `,`, `-` and `/`.
fn leading_number(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text[..end].parse().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_croner_takes_pass() {
        for pattern in
            ["* * * * *", "0 0 3 * * *", "*/5 1-3 ? JAN MON", "0 0 L * *", "2026-12-24T00:00:00", "0 0 * * 7"]
        {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn patterns_that_croner_refuses_do_not() {
        for pattern in ["* * * *", "60 * * * *", "0 24 * * *", "0 0 32 * *", "0 0 * 13 *", "0 0 * * 8", "@daily", ""] {
            assert!(fault(pattern).is_some(), "{pattern}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_pattern_panics(pattern in "[-0-9*/,?lLa-z ]{0,30}") {
            let _ = fault(&pattern);
        }
    }
}
