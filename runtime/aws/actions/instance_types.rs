//! Instance types.

use super::{Action, Sending, sending};
use crate::aws::answer::{Members, page};
use crate::aws::parameters::Parameters;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{InstanceTypeInfo, NetworkInfo, ProcessorInfo, VCpuInfo};
use vpcc_core::call::{Map, Value};

pub(super) const ACTIONS: &[Action] = &[("DescribeInstanceTypes", describe)];

fn describe(ec2: &Client, parameters: &mut Parameters) -> Sending {
    let types = parameters.texts("InstanceTypes");
    let request = listing!(ec2.describe_instance_types(), parameters)
        .set_instance_types(types.map(|types| types.iter().map(|name| name.as_str().into()).collect()));
    sending(request.send(), |answer| page("InstanceTypes", answer.instance_types(), told, answer.next_token()))
}

fn told(info: &InstanceTypeInfo) -> Map {
    Map::new()
        .with_word("InstanceType", info.instance_type())
        .with_some("CurrentGeneration", info.current_generation())
        .with_some("BareMetal", info.bare_metal())
        .with_some("ProcessorInfo", info.processor_info().map(processor))
        .with_some("VCpuInfo", info.v_cpu_info().map(cpus))
        .with_some("NetworkInfo", info.network_info().map(network))
}

fn processor(info: &ProcessorInfo) -> Map {
    let architectures: Vec<Value> = info.supported_architectures().iter().map(|word| word.as_str().into()).collect();
    Map::new().with("SupportedArchitectures", architectures)
}

fn cpus(info: &VCpuInfo) -> Map {
    Map::new().with_some("DefaultVCpus", info.default_v_cpus())
}

fn network(info: &NetworkInfo) -> Map {
    Map::new()
        .with_some("MaximumNetworkInterfaces", info.maximum_network_interfaces())
        .with_some("Ipv4AddressesPerInterface", info.ipv4_addresses_per_interface())
        .with_some("Ipv6AddressesPerInterface", info.ipv6_addresses_per_interface())
        .with_some("Ipv6Supported", info.ipv6_supported())
}
