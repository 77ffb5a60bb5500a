//! Cron patterns, as far as it takes to say what croner 4, PM2's own, refuses.

/// What is wrong with a pattern; `None`: nothing that is sure. Dates (`2026-12-24T00:00:00`) are patterns too.
pub fn fault(pattern: &str) -> Option<String> {
    if pattern.contains('T') && pattern.contains(':') {
        return None;
    }
    let fields: Vec<&str> = pattern.split_whitespace().collect();
    let names: &[(&str, u32)] = match fields.len() {
        5 => &FIELDS[1..],
        6 => &FIELDS,
        count => return Some(format!("`{pattern}` has {count} fields and not five or six")),
    };
    let too_large = |(field, (name, largest)): (&&str, &(&str, u32))| {
        let numbers = field.split(['/', ',', '-']).filter_map(|part| part.parse::<u32>().ok());
        let number = numbers.max().filter(|number| number > largest)?;
        Some(format!("{number} is out of range for the {name} in `{pattern}`"))
    };
    fields.iter().zip(names).find_map(too_large)
}

const FIELDS: [(&str, u32); 6] =
    [("second", 59), ("minute", 59), ("hour", 23), ("day", 31), ("month", 12), ("weekday", 7)];

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
}
