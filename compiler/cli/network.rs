//! The network that a question is about: of a program, of what lives, or of saved answers of EC2.

use crate::cloud::{CloudArgs, block_on};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::program::{MessageFormat, Program, count, tell, unreadable};
use crate::shell::Shell;
use clap::Args;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use vpcc_core::With;
use vpcc_core::problem::Diagnostic;
use vpcc_core::reach::deployed::{Naming, read};
use vpcc_core::reach::{Fabric, draw};
use vpcc_core::source::{ReadError, Sources};
use vpcc_runtime::network;

/// More bytes than these are no answer of EC2: it gives a thousand things at a time.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// A network, and the files that it was read from, if people can look into them.
pub struct Network {
    /// The network as packets see it.
    pub fabric: Fabric,
    /// Its files.
    pub sources: Option<Sources>,
}

/// Where a network is found, if not in a program.
#[derive(Args, Clone, Debug)]
pub struct NetworkArgs {
    /// What lives in this VPC, and in those that it is peered with
    #[arg(long, value_name = "VPC-ID", conflicts_with = "describe")]
    pub live: Option<String>,
    /// What `aws ec2 describe-…` has printed into the .json files of this folder, and of those in it
    #[arg(long, value_name = "FOLDER")]
    pub describe: Option<String>,
}

impl NetworkArgs {
    /// Whether a program is not needed.
    pub fn is_given(&self) -> bool {
        self.live.is_some() || self.describe.is_some()
    }

    /// The network that is given; `None` if none is.
    ///
    /// # Errors
    /// When it cannot be read, or EC2 could not be asked.
    pub fn load(&self, shell: &mut Shell, cloud: &CloudArgs) -> Result<Option<Network>, Failure> {
        match (&self.live, &self.describe) {
            (Some(vpc), _) => living(shell, cloud, vpc).map(Some),
            (None, Some(folder)) => described(shell, folder, Naming::Ids).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// The network of a program.
pub fn of_program(program: Program) -> Network {
    Network { fabric: draw(&program.model).fabric, sources: Some(program.sources) }
}

/// What things are called by people: the tag `Name` of those that go by their ids, where no other has it.
pub fn names(fabric: &Fabric) -> HashMap<&str, &str> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    let origins = || {
        let services = fabric.services.iter().map(|(_, service)| &service.origin);
        fabric.interfaces.iter().map(|(_, interface)| &interface.origin).chain(services)
    };
    for alias in origins().filter_map(|origin| origin.alias.as_deref()) {
        *count.entry(alias).or_default() += 1;
    }
    let alone = origins().filter_map(|origin| Some((origin.name.as_str(), origin.alias.as_deref()?)));
    alone.filter(|(_, alias)| count.get(alias) == Some(&1)).collect()
}

fn living(shell: &mut Shell, args: &CloudArgs, vpc: &str) -> Result<Network, Failure> {
    let answers = block_on(async {
        let cloud = args.open(shell).await?;
        let region = cloud.home_region().ok_or_else(|| {
            Failure::new("nothing says in which region the VPC is")
                .help("use --region, or set AWS_REGION")
                .exit(Exit::Setup)
        })?;
        let answers = cloud.until_interrupted(network(&cloud.patient(), &region, vpc)).await??;
        answers.ok_or_else(|| {
            Failure::new(format!("there is no VPC `{vpc}` in {region} that these credentials may see"))
                .help("look the id up in the EC2 console, and check --region and --profile")
        })
    })?;
    let mut sources = Sources::default();
    for (name, answer) in answers {
        sources.add(name, serde_json::to_string_pretty(&answer).map_err(io::Error::from)?);
    }
    let fabric = understood(shell, &sources, Naming::Ids, MessageFormat::Human)?;
    Ok(Network { fabric, sources: None })
}

/// The network that saved answers tell of.
///
/// # Errors
/// When they cannot be read, or don't make up a network; the problems have been told.
pub fn described(shell: &mut Shell, folder: &str, naming: Naming<'_>) -> Result<Network, Failure> {
    let sources = answers_in(folder)?;
    let fabric = understood(shell, &sources, naming, MessageFormat::Human)?;
    Ok(Network { fabric, sources: Some(sources) })
}

fn understood(
    shell: &mut Shell,
    sources: &Sources,
    naming: Naming<'_>,
    format: MessageFormat,
) -> Result<Fabric, Failure> {
    let With { value, problems } = read(sources, naming);
    tell(shell, &problems, sources, format)?;
    if problems.iter().any(Diagnostic::is_error) {
        return Err(Failure::new(format!("what EC2 has told makes up no network: {}", count(&problems))));
    }
    Ok(value)
}

/// The `.json` files of a folder and those in it, by path.
fn answers_in(folder: &str) -> Result<Sources, Failure> {
    let paths = files_in(folder).map_err(|error| unreadable(folder, &why(&error)))?;
    let mut sources = Sources::default();
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        let text = text_of(&path).map_err(|why| unreadable(&name, &why))?;
        sources.add(name, text);
    }
    Ok(sources)
}

/// The `.json` files of a folder and those in it, sorted. A folder to which links lead by several ways is looked into once.
fn files_in(folder: &str) -> io::Result<Vec<PathBuf>> {
    let (mut paths, mut seen) = (Vec::new(), HashSet::new());
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        if !seen.insert(fs::canonicalize(&folder)?) {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    Ok(paths)
}

/// The text of a file: in UTF-8, or in UTF-16 with its mark, which PowerShell writes.
fn text_of(path: &Path) -> Result<String, ReadError> {
    let metadata = fs::metadata(path).map_err(|error| why(&error))?;
    if !metadata.is_file() {
        return Err(ReadError::Other("it is not a file".to_owned()));
    }
    let len = metadata.len();
    if len > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge { bytes: len });
    }
    let bytes = fs::read(path).map_err(|error| why(&error))?;
    let units = |from: fn([u8; 2]) -> u16| {
        bytes.chunks_exact(2).skip(1).map(|pair| from([pair[0], pair[1]])).collect::<Vec<u16>>()
    };
    let text = match bytes.get(..2) {
        Some([0xff, 0xfe]) => String::from_utf16(&units(u16::from_le_bytes)).ok(),
        Some([0xfe, 0xff]) => String::from_utf16(&units(u16::from_be_bytes)).ok(),
        _ => String::from_utf8(bytes).ok(),
    };
    text.ok_or_else(|| ReadError::Other("it is not a text file".to_owned()))
}

fn why(error: &io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::NotFound => ReadError::NotFound,
        ErrorKind::PermissionDenied => ReadError::Denied,
        ErrorKind::NotADirectory => ReadError::Other("it is not a folder".to_owned()),
        _ => ReadError::Other(error.to_string()),
    }
}
