//! Calls over the wire, to a server on this machine that answers as it is told.

mod flow_logs;
mod images;
mod network_acls;
mod offers;
mod translations;
mod volumes;
mod vpc_endpoints;

use super::{Aws, Endpoint};
use crate::cloud::{Cloud, Effect, Fault};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_http_client::Builder;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{JoinHandle, spawn};
use vpcc_core::call::{Call, Map, Sealed, Value};
use vpcc_core::model::Address;

/// A server that gives one answer, and then the body of the request that it was given.
fn serve(answer: &str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = answer.to_owned();
    let served = spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let body = read_body(&stream);
        stream.write_all(answer.as_bytes()).expect("a sent answer");
        body
    });
    (url, served)
}

fn read_body(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).expect("a line") > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    String::from_utf8(body).expect("a text")
}

fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nx-amzn-requestid: req-1\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn refusal(code: &str) -> String {
    format!("<Response><Errors><Error><Code>{code}</Code><Message>No such luck.</Message></Error></Errors></Response>")
}

fn aws(url: &str, credentials: impl ProvideCredentials + 'static) -> Aws {
    let shared = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Builder::new().build_http())
        .build();
    let endpoint = Endpoint::new(url.to_owned(), false).expect("an endpoint");
    Aws::new(shared, Some(endpoint), None)
}

fn keys() -> Credentials {
    Credentials::new("AKID", "secret", None, None, "test")
}

async fn call(url: &str, action: &'static str, parameters: Map) -> Result<Map, Fault> {
    aws(url, keys()).call("eu-west-1", &Call::new(action, parameters)).await
}

/// What becomes of a call if the answer is this, and the request that was sent.
async fn exchange(action: &'static str, parameters: Map, answer: &str) -> (Map, String) {
    let (url, served) = serve(&http("200 OK", &format!("<{action}Response>{answer}</{action}Response>")));
    let got = call(&url, action, parameters).await.expect("an answer");
    let sent = served.join().expect("a request");
    let start = format!("Action={action}&Version=2016-11-15&");
    (got, sent.strip_prefix(&start).expect("the action").to_owned())
}

/// What becomes of a call if the answer is this.
async fn fault(answer: &str) -> Fault {
    let (url, served) = serve(answer);
    let fault = call(&url, "CreateVpc", Map::new().with("CidrBlock", "10.0.0.0/16")).await.expect_err("a fault");
    served.join().expect("one request");
    fault
}

#[tokio::test]
async fn a_call_goes_out_and_its_answer_comes_back() {
    let answer = "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><vpcSet><item>\
        <vpcId>vpc-1</vpcId><state>available</state><isDefault>false</isDefault>\
        <tagSet><item><key>Name</key><value>net</value></item></tagSet></item></vpcSet>\
        <nextToken>more</nextToken></DescribeVpcsResponse>";
    let (url, served) = serve(&http("200 OK", answer));
    let filters = [Map::new().with("Name", "tag:vpcc:stack").with("Values", ["a", "b"])];
    let got = call(&url, "DescribeVpcs", Map::new().with("Filters", filters).with("MaxResults", 5)).await;

    let tags = [Map::new().with("Key", "Name").with("Value", "net")];
    let vpc = Map::new().with("VpcId", "vpc-1").with("State", "available").with("IsDefault", false).with("Tags", tags);
    assert_eq!(got, Ok(Map::new().with("Vpcs", [vpc]).with("NextToken", "more")));
    assert_eq!(
        served.join().expect("a request"),
        "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=tag%3Avpcc%3Astack&Filter.1.Value.1=a\
         &Filter.1.Value.2=b&MaxResults=5"
    );
}

#[tokio::test]
async fn user_data_goes_out_in_base64() {
    let (url, served) = serve(&http("200 OK", "<RunInstancesResponse></RunInstancesResponse>"));
    let parameters = Map::new()
        .with("MinCount", 1)
        .with("MaxCount", 1)
        .with("ClientToken", "token")
        .with("UserData", Sealed::new(*b"secret"));
    assert_eq!(call(&url, "RunInstances", parameters).await, Ok(Map::new()));
    let sent = served.join().expect("a request");
    assert!(sent.contains("UserData=c2VjcmV0") && sent.contains("ClientToken=token"), "{sent}");
}

#[tokio::test]
async fn a_refusal_says_what_ec2_says() {
    let fault = fault(&http("400 Bad Request", &refusal("VpcLimitExceeded"))).await;
    let expected = Fault::refused("VpcLimitExceeded", "No such luck.");
    assert_eq!(fault, Fault { request_id: Some("req-1".to_owned()), ..expected });
}

#[tokio::test]
async fn a_server_error_may_have_had_an_effect() {
    let fault = fault(&http("500 Internal Server Error", &refusal("InternalError"))).await;
    assert_eq!((fault.code.as_str(), fault.effect), ("InternalError", Effect::Unknown));
}

#[tokio::test]
async fn being_asked_too_often_or_full_has_no_effect() {
    for code in ["RequestLimitExceeded", "InsufficientInstanceCapacity"] {
        let fault = fault(&http("503 Service Unavailable", &refusal(code))).await;
        assert_eq!((fault.code.as_str(), fault.effect), (code, Effect::None));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_ec2s_tells_its_status() {
    for (status, effect) in
        [("403 Forbidden", Effect::None), ("502 Bad Gateway", Effect::Unknown), ("200 OK", Effect::Unknown)]
    {
        let fault = fault(&http(status, "<html><title>Proxy</title>")).await;
        assert_eq!((fault.code.as_str(), fault.effect), (Fault::NO_ANSWER, effect), "{fault}");
        assert!(fault.message.contains(&status[..3]), "{fault}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_may_have_had_an_effect() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<CreateVpc"] {
        let fault = fault(answer).await;
        assert_eq!((fault.code.as_str(), fault.effect), (Fault::NO_ANSWER, Effect::Unknown), "{fault}");
    }
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_effect() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let fault = call(&format!("http://{free}"), "DescribeVpcs", Map::new()).await.expect_err("a fault");
    assert_eq!((fault.code.as_str(), fault.effect), (Fault::UNREACHABLE, Effect::None));
    assert!(fault.message.contains("refused"), "{fault}");
}

#[tokio::test]
async fn credentials_that_run_out_are_told() {
    #[derive(Debug)]
    struct RunOut;
    impl ProvideCredentials for RunOut {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(Err(CredentialsError::provider_error("the session has expired")))
        }
    }
    let call = Call::new("DescribeVpcs", Map::new());
    let fault = aws("http://127.0.0.1:1", RunOut).call("eu-west-1", &call).await.expect_err("a fault");
    assert_eq!((fault.code.as_str(), fault.effect), (Fault::NO_CREDENTIALS, Effect::None));
    assert_eq!(fault.message, "there are no credentials: the session has expired");
}

#[tokio::test]
async fn what_cannot_be_translated_is_not_sent() {
    let subnet = Value::Ref(Address::from_tag("net/a"));
    for (action, parameters) in [
        ("DescribeGhosts", Map::new()),
        ("CreateVpc", Map::new().with("Colour", "red")),
        ("RunInstances", Map::new().with("UserData", "plain")),
        ("RunInstances", Map::new().with("NetworkInterfaces", [Map::new().with("SubnetId", subnet)])),
        ("DescribeNatGateways", Map::new().with("Filters", [Map::new().with("Name", "state")])),
        ("CreateVpnConnection", Map::new().with("CustomerGatewayConfiguration", "x")),
        ("CreateKeyPair", Map::new().with("UserData", Sealed::new(*b"secret"))),
    ] {
        let fault = call("http://127.0.0.1:1", action, parameters).await.expect_err("a fault");
        assert_eq!((fault.code.as_str(), fault.effect), (Fault::UNKNOWN_CALL, Effect::None), "{fault}");
        assert!(fault.message.contains(action), "{fault}");
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_user_data_is_not_told() {
    let script = "#!/bin/sh\nexport PASSWORD=CANARY-OF-THE-BOOT-SCRIPT\n";
    let sealed = Sealed::new(script.as_bytes().to_vec());
    for said in [
        script.to_owned(),
        format!("Invalid: {}!", sealed.reveal_base64()),
        "a export PASSWORD=CANARY-OF-THE-BOOT-SCRIPT b".into(),
    ] {
        let refusal = refusal("InvalidUserData.Malformed").replace("No such luck.", &said);
        let (url, served) = serve(&http("400 Bad Request", &refusal));
        let parameters = Map::new().with("ImageId", "ami-1").with("MinCount", 1).with("MaxCount", 1);
        let launch = parameters.with("UserData", Value::Sealed(sealed.clone()));
        let fault = call(&url, "RunInstances", launch).await.expect_err("a fault");
        served.join().expect("one request");
        assert_eq!(fault.code, "InvalidUserData.Malformed");
        assert_eq!(fault.message, "what it says of it repeats user data, and is not shown");
    }
    let (url, served) = serve(&http("400 Bad Request", &refusal("InvalidAMIID.NotFound")));
    let parameters = Map::new().with("ImageId", "ami-1").with("MinCount", 1).with("MaxCount", 1);
    let fault =
        call(&url, "RunInstances", parameters.with("UserData", Value::Sealed(sealed))).await.expect_err("a fault");
    served.join().expect("one request");
    assert_eq!(fault.message, "No such luck.");
}
