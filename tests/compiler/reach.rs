//! Who reaches whom: the corner cases of EC2 one by one, and arbitrary small networks against a naive walk of packets.

#[path = "reach/asking.rs"]
mod asking;
#[path = "reach/filters.rs"]
mod filters;
#[path = "reach/gateways.rs"]
mod gateways;
#[path = "reach/matrix.rs"]
mod matrix;
#[path = "reach/oracle.rs"]
mod oracle;
#[path = "reach/peering.rs"]
mod peering;
#[path = "reach/routes.rs"]
mod routes;
