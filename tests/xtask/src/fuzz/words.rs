//! What stands after `cargo xtask fuzz`.

use std::time::Duration;

use super::{Budget, USUAL};

/// What was asked for.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// Targets by name; none: all.
    names: Vec<String>,
    /// How much each gets.
    pub budget: Budget,
    /// How many run side by side.
    pub jobs: usize,
    /// The committed corpus is made small instead.
    pub minimise: bool,
}

impl Asked {
    /// Reads the words; an error is a sentence.
    pub fn read(words: &[String]) -> Result<Asked, String> {
        let mut asked = Asked { names: Vec::new(), budget: Budget::Cpu(USUAL), jobs: 1, minimise: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--time" => asked.budget = Budget::Wall(duration(value()?)?),
                "--cpu-minutes" => asked.budget = Budget::Cpu(minutes(value()?)?),
                "--jobs" => {
                    asked.jobs = value()?.parse().ok().filter(|jobs| *jobs > 0).ok_or("--jobs takes a number")?
                }
                "--minimise" => asked.minimise = true,
                flag if flag.starts_with('-') => {
                    return Err(format!(
                        "`fuzz` knows --time 5m, --cpu-minutes 5, --jobs 2 and --minimise, not {flag}"
                    ));
                }
                name => asked.names.push(name.to_owned()),
            }
        }
        Ok(asked)
    }

    /// The targets to run.
    pub fn chosen(&self, all: &[String]) -> Result<Vec<String>, String> {
        match self.names.iter().find(|name| !all.contains(name)) {
            Some(unknown) => Err(format!("there is no target {unknown}; there are {}", all.join(", "))),
            None if self.names.is_empty() => Ok(all.to_vec()),
            None => Ok(self.names.clone()),
        }
    }
}

fn minutes(text: &str) -> Result<Duration, String> {
    let minutes: f64 = text.parse().map_err(|_| "--cpu-minutes takes a number".to_owned())?;
    Duration::try_from_secs_f64(minutes * 60.0).map_err(|_| "--cpu-minutes takes a number above 0".to_owned())
}

pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write it like 5m, 90s or 1h".to_owned();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match unit {
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number * 60)),
        "h" => Ok(Duration::from_secs(number * 3_600)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked, String> {
        Asked::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_read() {
        let asked = read("gate math --time 90s --jobs 2").expect("known words");
        assert_eq!((asked.budget, asked.jobs), (Budget::Wall(Duration::from_secs(90)), 2));
        assert_eq!(asked.chosen(&["gate".into(), "math".into()]), Ok(vec!["gate".into(), "math".into()]));
        assert!(asked.chosen(&["gate".into()]).is_err_and(|why| why.contains("math")));
        assert_eq!(read("").map(|asked| asked.budget), Ok(Budget::Cpu(USUAL)));
        assert_eq!(read("--cpu-minutes 0.5").map(|asked| asked.budget), Ok(Budget::Cpu(Duration::from_secs(30))));
        for wrong in ["--time", "--time 5", "--jobs 0", "--fast", "--cpu-minutes -1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
