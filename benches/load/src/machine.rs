//! Where and with what it was measured.

use std::fs;
use std::process::Command;

use crate::Failure;
use crate::options::Options;

/// In one sentence.
pub fn described(options: &Options) -> Result<String, Failure> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let models: Vec<&str> = cpus
        .lines()
        .filter_map(|line| line.strip_prefix("model name"))
        .filter_map(|line| line.split_once(':'))
        .map(|(_, model)| model.trim())
        .collect();
    let mut text = format!(
        "Measured on {} with {} processors ({}), Linux {}: {}",
        said("date", &["-u", "+%Y-%m-%d"])?,
        models.len(),
        models.first().unwrap_or(&"unknown"),
        said("uname", &["-r"])?,
        said(&options.vestibule.display().to_string(), &["--version"])?,
    );
    if let Some((node, folder)) = &options.peer {
        let package = fs::read_to_string(folder.join("node_modules/oidc-provider/package.json"))?;
        let package: serde_json::Value = serde_json::from_str(&package).map_err(Failure::new)?;
        let version = package["version"].as_str().unwrap_or("unknown").to_owned();
        let node = said(&node.display().to_string(), &["--version"])?;
        text.push_str(&format!(" beside oidc-provider {version} on Node.js {node}"));
    }
    text.push_str(".\n");
    Ok(text)
}

fn said(program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new(program).args(arguments).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
