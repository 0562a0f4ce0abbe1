//! `vpcc reach`

use crate::cloud::CloudArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::network::{Network, NetworkArgs, names, of_program};
use crate::program::{InputArgs, ProgramArgs};
use crate::shell::Shell;
use clap::Args;
use std::net::IpAddr;
use vpcc_core::model::Traffic;
use vpcc_core::reach::{
    Analysis, Asked, Endpoint, Query, Side, Unknown, Verdict, endpoint, traffic, write_matrix, write_matrix_json,
    write_svg, write_verdict, write_verdict_json,
};

/// Tells whether packets get from one place to another and back, hop by hop.
#[derive(Args, Debug)]
pub struct Reach {
    /// The program (unless --live or --describe is given), who begins, who answers, and by what: `net.vpc internet web on
    /// tcp 443`. Who: `internet`, a block, an address, or what a thing is called: its address in the program, its id, its
    /// tag `Name`
    #[arg(value_name = "[PATH] FROM TO [on PROTOCOL PORTS]")]
    words: Vec<String>,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// The address that packets come from
    #[arg(long, value_name = "ADDRESS", conflicts_with = "matrix")]
    from_ip: Option<IpAddr>,
    /// The address that packets are for
    #[arg(long, value_name = "ADDRESS", conflicts_with = "matrix")]
    to_ip: Option<IpAddr>,
    /// The port that packets come from; all that clients choose from, 1024 to 65535, without it
    #[arg(long, value_name = "PORT", conflicts_with = "matrix")]
    src_port: Option<u16>,
    /// Tells of everybody in the network who they reach, and by what
    #[arg(long)]
    matrix: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// Draws the matrix
    #[arg(long, requires = "matrix", conflicts_with = "json")]
    svg: bool,
}

/// A question as it was typed.
struct Question<'w> {
    path: Option<&'w str>,
    ends: Option<(&'w str, &'w str)>,
    traffic: Option<Traffic>,
}

impl Reach {
    pub fn run(self, shell: &mut Shell) -> Result<Exit, Failure> {
        let question = self.question()?;
        let mut network = self.network(shell, question.path)?;
        match question.ends {
            None => self.show_matrix(shell, &network),
            Some((from, to)) => self.answer(shell, &mut network, &Asked { from, to, traffic: question.traffic }),
        }
    }

    fn question(&self) -> Result<Question<'_>, Failure> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let (names, traffic) = match words.iter().rposition(|word| *word == "on") {
            Some(on) => {
                let (names, rest) = words.split_at(on);
                (names, Some(traffic(&rest[1..]).map_err(Failure::new)?))
            }
            None => (words.as_slice(), None),
        };
        let (path, ends) = match (self.network.is_given(), self.matrix, names) {
            (true, true, []) => (None, None),
            (false, true, []) => (Some("."), None),
            (false, true, [path]) => (Some(*path), None),
            (true, false, [from, to]) => (None, Some((*from, *to))),
            (false, false, [path, from, to]) => (Some(*path), Some((*from, *to))),
            (false, false, [from, to]) if !is_path(from) => (Some("."), Some((*from, *to))),
            _ => return Err(self.usage()),
        };
        match (&ends, traffic) {
            (None, Some(_)) => Err(self.usage()),
            _ => Ok(Question { path, ends, traffic }),
        }
    }

    fn usage(&self) -> Failure {
        let (wanted, example) = match (self.network.is_given(), self.matrix) {
            (true, true) => ("neither a program nor names", "vpcc reach --live vpc-… --matrix"),
            (false, true) => ("one program", "vpcc reach --matrix net.vpc"),
            (true, false) => ("who begins and who answers", "vpcc reach --live vpc-… internet web on tcp 443"),
            (false, false) => ("a program, who begins, and who answers", "vpcc reach net.vpc internet web on tcp 443"),
        };
        Failure::new(format!("`reach` takes {wanted} here")).help(format!("write it as in `{example}`"))
    }

    fn network(&self, shell: &mut Shell, path: Option<&str>) -> Result<Network, Failure> {
        if let Some(network) = self.network.load(shell, &self.cloud)? {
            return Ok(network);
        }
        let program = ProgramArgs { path: path.unwrap_or(".").to_owned(), inputs: self.inputs.clone() };
        program.load(shell).map(of_program)
    }

    fn show_matrix(&self, shell: &mut Shell, network: &Network) -> Result<Exit, Failure> {
        let matrix = Analysis::new(&network.fabric).matrix();
        let names = names(&network.fabric);
        match (self.json, self.svg) {
            (true, _) => write_matrix_json(&matrix, &mut shell.out)?,
            (false, true) => write_svg(&matrix, &names, &mut shell.out)?,
            (false, false) => write_matrix(&matrix, &names, &mut shell.out)?,
        }
        Ok(Exit::Done)
    }

    fn answer(&self, shell: &mut Shell, network: &mut Network, asked: &Asked<'_>) -> Result<Exit, Failure> {
        let mut end = |word| endpoint(&mut network.fabric, word).map_err(unknown);
        let query = Query {
            from: end(asked.from)?,
            to: end(asked.to)?,
            traffic: asked.traffic,
            source_ports: self.src_port.map(|port| (port, port)),
            source: self.from_ip,
            destination: self.to_ip,
        };
        check(asked, &query)?;
        let verdict = Analysis::new(&network.fabric).trace(&query);
        let sources = network.sources.as_ref();
        if let Verdict::Empty(side) = &verdict {
            let end = if *side == Side::From { asked.from } else { asked.to };
            return Err(Failure::new(format!("there is nobody in `{end}` to ask about"))
                .help("a service or an unused address begins nothing; ask about a node, a block, or `internet`"));
        }
        if self.json {
            write_verdict_json(&verdict, sources, &mut shell.out)?;
        } else {
            write_verdict(asked, &verdict, sources, &mut shell.out)?;
        }
        Ok(Exit::Done)
    }
}

fn is_path(word: &str) -> bool {
    word.ends_with(".vpc") || (word.contains('/') && word.parse::<vpcc_core::net::Block>().is_err())
}

/// A name by which nothing goes.
pub fn unknown(unknown: Unknown) -> Failure {
    let failure = Failure::new(format!("nothing in the network is called `{}`", unknown.word));
    match unknown.nearest {
        Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
        None => failure.help("ask about `internet`, a block, an address, a node, a subnet, a group, or a network"),
    }
}

/// Some questions are about nothing.
fn check(asked: &Asked<'_>, query: &Query) -> Result<(), Failure> {
    if query.from == Endpoint::Internet && query.to == Endpoint::Internet {
        return Err(Failure::new("what passes between two ends that are both outside is nothing the network decides"));
    }
    let families = [query.source, query.destination].map(|address| address.map(|address| address.is_ipv4()));
    if let [Some(source), Some(destination)] = families
        && source != destination
    {
        let message = format!(
            "--from-ip and --to-ip are of two versions of IP, so no packet goes from {} to {}",
            asked.from, asked.to
        );
        return Err(Failure::new(message));
    }
    Ok(())
}
