//! Single packets that are handed on from place to place, one at a time, as a network would: without sets, and without
//! knowing where the packet is to arrive.

use std::net::IpAddr;
use vpcc_core::model::{Direction, Id, Protocol, Traffic};
use vpcc_core::net::{Block, Family};
use vpcc_core::reach::fabric::*;

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct One {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    pub from: u16,
    /// Of ICMP 256 times its type, and its code.
    pub to: u16,
    /// Whether it has been on the internet, where nobody knows of which groups its sender is.
    pub public: bool,
}

/// Where a packet has come to, or comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// An interface has it.
    Host(Id<Interface>),
    /// It is on the internet.
    Internet,
    /// It is behind the VPN.
    Far,
    /// The service with these addresses has it.
    Service(Id<PrefixList>),
    /// It comes from where nothing is modelled: a transit gateway, a foreign VPC, a machine that forwards.
    Unseen,
}

/// Why a packet does not arrive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lost {
    Dropped,
    /// Something has it that is not modelled.
    Unknown,
    /// It came by something of which nobody knows whether it lets it through, and was dropped behind it.
    Moot,
}

use Lost::{Dropped, Moot, Unknown};

/// What carries packets from VPC to VPC.
#[derive(Clone, Copy, PartialEq)]
enum Carrier {
    Internet,
    Peering(Id<Peering>),
}

pub struct World<'f> {
    fabric: &'f Fabric,
    /// What NAT and egress-only gateways remember: what they sent on, and for whom.
    sessions: Vec<(Id<Gateway>, One, IpAddr)>,
    /// By what the request came.
    carriers: Vec<Carrier>,
    answering: bool,
    /// Whether it came by something that may let it through: a rule with a prefix list whose content is not known, a
    /// gateway with a route table of its own, an interface that is not modelled.
    unsure: bool,
}

pub fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Whether a packet is of some traffic.
pub fn matches(traffic: &Traffic, packet: &One) -> bool {
    let number = match traffic.protocol {
        Protocol::All => return true,
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Icmp => 1,
        Protocol::Icmpv6 => 58,
        Protocol::Number(number) => number,
    };
    let (first, last) = traffic.ports.unwrap_or((-1, -1));
    number == packet.protocol
        && match number {
            1 | 58 => {
                let (kind, code) = (i32::from(packet.to / 256), i32::from(packet.to % 256));
                packet.destination.is_ipv6() == (number == 58)
                    && (first == -1 || first == kind)
                    && (last == -1 || (first != -1 && last == code))
            }
            6 | 17 => (first < 0 || first <= packet.to.into()) && (last < 0 || i32::from(packet.to) <= last),
            _ => (first, last) == (-1, -1),
        }
}

fn kept_private(address: IpAddr) -> bool {
    let blocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
    blocks.iter().any(|block| block.parse::<Block>().unwrap().holds(address))
}

/// What answers a packet; `None` if nothing does.
fn answer(got: One) -> Option<One> {
    let (from, to) = match (got.protocol, got.to / 256) {
        (1, 8) => (0, got.to % 256),
        (1, 13) => (0, 14 * 256 + got.to % 256),
        (58, 128) => (0, 129 * 256 + got.to % 256),
        (1 | 58, _) => return None,
        _ => (got.to, got.from),
    };
    Some(One { source: got.destination, destination: got.source, from, to, public: false, ..got })
}

impl<'f> World<'f> {
    pub fn new(fabric: &'f Fabric) -> World<'f> {
        World { fabric, sessions: Vec::new(), carriers: Vec::new(), answering: false, unsure: false }
    }

    fn owner(&self, vpc: Id<Vpc>, address: IpAddr) -> Option<Id<Interface>> {
        let has = |interface: &Interface| interface.addresses.iter().any(|own| own.block.first() == address);
        let mut interfaces = self.fabric.interfaces.iter();
        interfaces.find(|(id, interface)| self.fabric.vpc_of(*id) == vpc && has(interface)).map(|(id, _)| id)
    }

    fn vpc(&self, subnet: Id<Subnet>) -> Id<Vpc> {
        self.fabric.subnets[subnet].vpc
    }

    /// The NAT gateway of a VPC of which something holds: of its private and its public address.
    fn nat(&self, vpc: Id<Vpc>, is: impl Fn(IpAddr, Option<IpAddr>) -> bool) -> Option<(Id<Gateway>, Id<Subnet>)> {
        self.fabric.gateways.iter().find_map(|(id, gateway)| match gateway.kind {
            GatewayKind::Nat { subnet: Some(subnet), address: Some(address), public, private } => {
                let public = public.filter(|_| !private).map(IpAddr::V4);
                (self.vpc(subnet) == vpc && is(address, public)).then_some((id, subnet))
            }
            _ => None,
        })
    }

    /// What stands for an address beyond the internet gateway.
    fn public_of(&self, vpc: Id<Vpc>, address: IpAddr) -> Option<IpAddr> {
        if address.is_ipv6() {
            return Some(address);
        }
        let Some(id) = self.owner(vpc, address) else {
            let (gateway, _) = self.nat(vpc, |own, _| own == address)?;
            return match self.fabric.gateways[gateway].kind {
                GatewayKind::Nat { public, private: false, .. } => public.map(IpAddr::V4),
                _ => None,
            };
        };
        let own = self.fabric.interfaces[id].addresses.iter().find(|own| own.block.first() == address)?;
        known(own.public)
    }

    fn acl(&self, subnet: Id<Subnet>, direction: Direction, packet: &One) -> Result<(), Lost> {
        let Some(acl) = self.fabric.acl_of(subnet) else { return Ok(()) };
        let other = if direction == Direction::Ingress { packet.source } else { packet.destination };
        let speaks = |entry: &&AclEntry| {
            entry.direction == direction && entry.block.holds(other) && matches(&entry.traffic, packet)
        };
        let entries = self.fabric.acls[acl].entries.iter().filter(speaks);
        // Of two with one number, which EC2 would not take, the first.
        let decides = entries.min_by_key(|entry| entry.number);
        if decides.is_some_and(|entry| entry.allow) { Ok(()) } else { Err(Dropped) }
    }

    fn group(&mut self, id: Id<Interface>, direction: Direction, packet: &One) -> Result<(), Lost> {
        let other = if direction == Direction::Ingress { packet.source } else { packet.destination };
        let mut unknown = false;
        for group in &self.fabric.interfaces[id].groups {
            for rule in &self.fabric.groups[*group].rules {
                if rule.direction != direction || !matches(&rule.traffic, packet) {
                    continue;
                }
                let named = match &rule.peer {
                    RulePeer::Block(block) => block.holds(other),
                    RulePeer::Group(of) => !packet.public && self.is_member(self.fabric.vpc_of(id), *of, other),
                    RulePeer::UnknownGroup(_) => false,
                    RulePeer::PrefixList(list) => match &self.fabric.prefix_lists[*list].blocks {
                        Some(blocks) => blocks.iter().any(|block| block.holds(other)),
                        None => {
                            unknown = true;
                            false
                        }
                    },
                };
                if named {
                    return Ok(());
                }
            }
        }
        self.unsure |= unknown;
        if unknown { Ok(()) } else { Err(Dropped) }
    }

    /// Whether a private address is of a member of a group, in this VPC or in one that is peered in its region.
    fn is_member(&self, here: Id<Vpc>, group: Id<Group>, address: IpAddr) -> bool {
        let peered = |there: Id<Vpc>| {
            let sides = [PeeringSide::Here(here), PeeringSide::Here(there)];
            let mut peerings = self.fabric.peerings.iter();
            peerings.any(|(_, peering)| {
                peering.state == State::Up
                    && peering.same_region
                    && sides.iter().all(|side| peering.sides.contains(side))
            })
        };
        self.fabric.vpcs.iter().filter(|(vpc, _)| *vpc == here || peered(*vpc)).any(|(vpc, _)| {
            self.owner(vpc, address).is_some_and(|id| self.fabric.interfaces[id].groups.contains(&group))
        })
    }

    /// Where a subnet's packets to an address go. `None` without a route.
    fn route(&self, subnet: Id<Subnet>, to: IpAddr) -> Option<(RouteTarget, State)> {
        let vpc = &self.fabric.vpcs[self.vpc(subnet)];
        let local = vpc.blocks.iter().filter(|block| block.holds(to));
        let mut found: Vec<_> = local.map(|block| ((block.prefix(), 3), RouteTarget::Local, State::Up)).collect();
        let table = self.fabric.table_of(subnet);
        for route in table.map_or(&[][..], |table| &self.fabric.tables[table].routes) {
            let (blocks, rank) = match &route.destination {
                RouteDestination::Block(block) => (vec![*block], 2),
                RouteDestination::PrefixList(list) => {
                    (self.fabric.prefix_lists[*list].blocks.clone().unwrap_or_default(), 1)
                }
            };
            let learned = route.source == RouteSource::Propagated;
            for block in blocks.into_iter().filter(|block| block.holds(to)) {
                if !learned || !vpc.blocks.iter().any(|own| own.contains(block)) {
                    let rank = if learned { 0 } else { rank };
                    found.push(((block.prefix(), rank), route.target.clone(), route.state.clone()));
                }
            }
        }
        found.into_iter().max_by_key(|(wins, ..)| *wins).map(|(_, target, state)| (target, state))
    }

    /// Whether a gateway takes packets. One with a route table of its own may send elsewhere what enters by it: requests,
    /// and answers to what it let out.
    fn works(&mut self, id: Id<Gateway>, vpc: Id<Vpc>) -> Result<(), Lost> {
        let gateway = &self.fabric.gateways[id];
        if gateway.state != State::Up || gateway.vpc != Some(vpc) {
            return Err(Dropped);
        }
        self.unsure |= gateway.redirects && !self.answering;
        Ok(())
    }

    /// Hands a packet on that leaves something in a subnet.
    fn leave(&mut self, subnet: Id<Subnet>, packet: One) -> Result<(Place, One), Lost> {
        let vpc = self.vpc(subnet);
        let route = self.route(subnet, packet.destination);
        let near = self.fabric.subnets[subnet].blocks.iter().any(|block| block.holds(packet.destination));
        let stays = near && matches!(route, Some((RouteTarget::Local, _)));
        if !stays {
            self.acl(subnet, Direction::Egress, &packet)?;
        }
        let Some((target, state)) = route else {
            let table = self.fabric.table_of(subnet);
            let learns = table.is_some_and(|table| !self.fabric.tables[table].learns_from.is_empty());
            return Err(if learns { Unknown } else { Dropped });
        };
        if state != State::Up {
            return Err(Dropped);
        }
        match target {
            RouteTarget::Local => self.inside(vpc, !near, packet),
            RouteTarget::Peering(id) => self.peering(id, vpc, packet),
            RouteTarget::Gateway(id) => self.gateway(id, subnet, packet),
            RouteTarget::Service(id) => {
                let service = &self.fabric.services[id];
                let echo = packet.protocol == 1 && packet.to / 256 == 8;
                let taken = service.state == State::Up && (packet.protocol == 6 || echo);
                if taken { Ok((Place::Service(service.addresses), packet)) } else { Err(Dropped) }
            }
            RouteTarget::Interface(id) if self.fabric.interfaces[id].forwards => Err(Unknown),
            RouteTarget::Interface(_) | RouteTarget::Gone => Err(Dropped),
            RouteTarget::NotModelled(..) => Err(Unknown),
        }
    }

    /// An answer by another way than the request's, with no gateway on it that translates: IPv6 might do so.
    fn as_requested(&self, carrier: Carrier, packet: &One) -> Result<(), Lost> {
        let other_way = self.answering && packet.destination.is_ipv6() && !self.carriers.contains(&carrier);
        if other_way { Err(Unknown) } else { Ok(()) }
    }

    fn peering(&mut self, id: Id<Peering>, vpc: Id<Vpc>, packet: One) -> Result<(Place, One), Lost> {
        let peering = &self.fabric.peerings[id];
        if peering.state != State::Up {
            return Err(Dropped);
        }
        let holds = |blocks: &[Block]| blocks.iter().any(|block| block.holds(packet.destination));
        match peering.sides.iter().find(|side| **side != PeeringSide::Here(vpc)).unwrap() {
            PeeringSide::Here(other) if holds(&self.fabric.vpcs[*other].blocks) => {
                self.as_requested(Carrier::Peering(id), &packet)?;
                self.carriers.push(Carrier::Peering(id));
                self.inside(*other, true, packet)
            }
            PeeringSide::Elsewhere { blocks, .. } if blocks.is_empty() || holds(blocks) => Err(Unknown),
            _ => Err(Dropped),
        }
    }

    fn gateway(&mut self, id: Id<Gateway>, subnet: Id<Subnet>, mut packet: One) -> Result<(Place, One), Lost> {
        let vpc = self.vpc(subnet);
        let v6 = packet.source.is_ipv6();
        match self.fabric.gateways[id].kind {
            GatewayKind::Vpn => self.works(id, vpc).map(|()| (Place::Far, packet)),
            GatewayKind::Internet => {
                self.works(id, vpc)?;
                self.as_requested(Carrier::Internet, &packet)?;
                packet.source = self.public_of(vpc, packet.source).ok_or(Dropped)?;
                self.internet(packet)
            }
            // What neither began is no answer to anything behind them.
            GatewayKind::Egress | GatewayKind::Nat { .. } if self.answering => Err(Dropped),
            GatewayKind::Egress => {
                self.works(id, vpc)?;
                if !v6 {
                    return Err(Dropped);
                }
                self.sessions.push((id, packet, packet.source));
                self.internet(packet)
            }
            GatewayKind::Nat { subnet: home, address, .. } => {
                self.works(id, vpc)?;
                let (Some(home), Some(address), false) = (home, address, v6) else { return Err(Unknown) };
                let served = [6, 17, 1].contains(&packet.protocol) && home != subnet;
                if !served || self.owner(vpc, packet.source).is_none() {
                    return Err(Dropped);
                }
                self.acl(home, Direction::Ingress, &packet)?;
                let client = packet.source;
                packet.source = address;
                self.sessions.push((id, packet, client));
                self.leave(home, packet)
            }
        }
    }

    /// Delivers a packet in a VPC, to something in another subnet than it comes from if it `crosses`.
    fn inside(&mut self, vpc: Id<Vpc>, crosses: bool, packet: One) -> Result<(Place, One), Lost> {
        if let Some(id) = self.owner(vpc, packet.destination) {
            if crosses {
                self.acl(self.fabric.interfaces[id].subnet, Direction::Ingress, &packet)?;
            }
            return Ok((Place::Host(id), packet));
        }
        let (id, subnet) = self.nat(vpc, |own, _| own == packet.destination).ok_or(Dropped)?;
        if crosses {
            self.acl(subnet, Direction::Ingress, &packet)?;
        }
        let (.., client) = *self.began(id, &packet).ok_or(Dropped)?;
        self.leave(subnet, One { destination: client, ..packet })
    }

    /// What a gateway sent on and a packet answers.
    fn began(&self, id: Id<Gateway>, packet: &One) -> Option<&(Id<Gateway>, One, IpAddr)> {
        let answers = |sent: &One| {
            sent.destination == packet.source
                && answer(*sent).is_some_and(|answer| answer.from == packet.from && answer.to == packet.to)
        };
        self.sessions.iter().find(|(gateway, sent, _)| *gateway == id && self.answering && answers(sent))
    }

    /// Hands on what is on the internet.
    fn internet(&mut self, mut packet: One) -> Result<(Place, One), Lost> {
        if kept_private(packet.destination) || kept_private(packet.source) {
            return Err(Dropped);
        }
        packet.public = true;
        self.carriers.push(Carrier::Internet);
        let called = |own: &Private| match own.block.family() {
            Family::V4 => known(own.public) == Some(packet.destination),
            Family::V6 => own.block.first() == packet.destination,
        };
        for (id, interface) in self.fabric.interfaces.iter() {
            if let Some(own) = interface.addresses.iter().find(|own| called(own)) {
                packet.destination = own.block.first();
                return self.enter(self.fabric.vpc_of(id), packet);
            }
        }
        for (vpc, _) in self.fabric.vpcs.iter() {
            if let Some((id, _)) = self.nat(vpc, |_, public| public == Some(packet.destination)) {
                let GatewayKind::Nat { address: Some(address), .. } = self.fabric.gateways[id].kind else { continue };
                packet.destination = address;
                return self.enter(vpc, packet);
            }
        }
        Ok((Place::Internet, packet))
    }

    /// Lets a packet from the internet into a VPC: by the egress-only gateway that awaits it, or by the internet gateway.
    fn enter(&mut self, vpc: Id<Vpc>, packet: One) -> Result<(Place, One), Lost> {
        let gateways: Vec<_> = self.fabric.gateways.iter().filter(|(_, gateway)| gateway.vpc == Some(vpc)).collect();
        let awaits =
            |id: Id<Gateway>| self.began(id, &packet).is_some_and(|(.., client)| *client == packet.destination);
        if gateways.iter().any(|(id, gateway)| gateway.kind == GatewayKind::Egress && awaits(*id)) {
            return self.inside(vpc, true, packet);
        }
        let internet = gateways.iter().find(|(_, gateway)| gateway.kind == GatewayKind::Internet);
        self.works(internet.ok_or(Dropped)?.0, vpc)?;
        self.inside(vpc, true, packet)
    }

    /// What comes in by the VPN.
    fn tunnel(&mut self, packet: One) -> Result<(Place, One), Lost> {
        let vpn = self.fabric.gateways.iter().find(|(_, gateway)| gateway.kind == GatewayKind::Vpn).unwrap().0;
        let vpc = self.fabric.vpcs.iter().next().unwrap().0;
        self.works(vpn, vpc)?;
        self.inside(vpc, true, packet)
    }

    fn send(&mut self, from: Place, packet: One) -> Result<(Place, One), Lost> {
        match from {
            Place::Host(id) => self.leave(self.fabric.interfaces[id].subnet, packet),
            Place::Internet => self.internet(packet),
            Place::Far => self.tunnel(packet),
            Place::Unseen | Place::Service(_) => {
                let holds = |vpc: &Vpc| vpc.blocks.iter().any(|block| block.holds(packet.destination));
                let vpc = self.fabric.vpcs.iter().find(|(_, vpc)| holds(vpc)).ok_or(Dropped)?.0;
                self.inside(vpc, true, packet)
            }
        }
    }

    /// Whether a subnet's packets to an address go where nothing is modelled, so that some may come from there too.
    fn leads_to_unseen(&self, subnet: Id<Subnet>, to: IpAddr) -> bool {
        let Some((target, state)) = self.route(subnet, to) else {
            let table = self.fabric.table_of(subnet);
            return table.is_some_and(|table| !self.fabric.tables[table].learns_from.is_empty());
        };
        state == State::Up
            && match target {
                RouteTarget::NotModelled(..) => true,
                RouteTarget::Interface(id) => self.fabric.interfaces[id].forwards,
                RouteTarget::Peering(id) => {
                    let peering = &self.fabric.peerings[id];
                    let far = |side: &PeeringSide| match side {
                        PeeringSide::Here(_) => false,
                        PeeringSide::Elsewhere { blocks, .. } => {
                            blocks.is_empty() || blocks.iter().any(|block| block.holds(to))
                        }
                    };
                    peering.state == State::Up && peering.sides.iter().any(far)
                }
                _ => false,
            }
    }

    /// Whether a request arrives and is answered: `from` sends, and whoever gets it answers.
    pub fn session(&mut self, from: Place, to: Place, sent: One) -> Result<(), Lost> {
        match (self.exchange(from, to, sent), self.unsure) {
            (Ok(()), true) => Err(Unknown),
            (Err(Dropped), true) => Err(Moot),
            (result, _) => result,
        }
    }

    fn exchange(&mut self, from: Place, to: Place, sent: One) -> Result<(), Lost> {
        if let Place::Host(id) = from {
            let interface = &self.fabric.interfaces[id];
            match interface.of {
                InterfaceOf::NotModelled(_) => return Err(Unknown),
                InterfaceOf::Endpoint => return Err(Dropped),
                _ if interface.state != State::Up => return Err(Dropped),
                _ => self.group(id, Direction::Egress, &sent)?,
            }
        }
        let (place, got) = self.send(from, sent)?;
        let outside = |place| matches!(place, Place::Internet | Place::Far);
        if place != to && !(outside(place) && outside(to)) {
            return Err(Dropped);
        }
        if let Place::Host(id) = place {
            let interface = &self.fabric.interfaces[id];
            if from == Place::Unseen && !self.leads_to_unseen(interface.subnet, got.source) {
                return Err(Dropped);
            }
            if matches!(interface.of, InterfaceOf::NotModelled(_)) {
                self.unsure = true;
            } else {
                self.group(id, Direction::Ingress, &got)?;
                if self.fabric.interfaces[id].state != State::Up {
                    return Err(Dropped);
                }
            }
        }
        let Some(answer) = answer(got) else {
            return if from == Place::Unseen { Err(Unknown) } else { Ok(()) };
        };
        self.answering = true;
        let (home, answer) = self.send(place, answer)?;
        let is_home = home == from && answer.source == sent.destination && answer.destination == sent.source;
        if is_home { Ok(()) } else { Err(Dropped) }
    }
}

fn known(public: Option<Public>) -> Option<IpAddr> {
    match public {
        Some(Public::Known(public)) => Some(IpAddr::V4(public)),
        _ => None,
    }
}
