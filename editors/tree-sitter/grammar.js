/**
 * @file The grammar of .vpc for tree-sitter: the statements of grammar/vpc.pest, with the words of grammar/keywords.txt.
 * @license MIT OR Apache-2.0
 *
 * After a change: `cargo run --example generate` in this folder writes what is in src/ anew. It needs Node.
 */

/// <reference types="tree-sitter-cli/dsl" />

const LETTER = "[A-Za-z0-9_-]";
// `{x}` puts in the parameter x; without blanks, which tells it from a block.
const SPLICE = "\\{[A-Za-z][A-Za-z0-9_-]*\\}";
const DIGITS = `(?:[0-9]|${SPLICE})+`;
const IP4 = `${DIGITS}(?:\\.${DIGITS})+`;
const IP6 = `(?:[0-9A-Fa-f]|${SPLICE})*:(?:[0-9A-Fa-f:.]|${SPLICE})*`;
const IP = `(?:${IP4}|${IP6})`;
const NAME = `[A-Za-z](?:${LETTER}|${SPLICE})*`;
const SPLICED_NAME = `${SPLICE}(?:${LETTER}|${SPLICE})*`;

const pattern = (source) => new RegExp(source);

/** One or more, with commas; after a comma the list may go on on the next line. */
const list = ($, rule) => seq(rule, repeat(seq($._comma, rule)));

/** Statements with at least one line end or `;` between two of them. */
const statements = ($) =>
  seq(repeat(choice($._separator, seq($._statement, $._separator))), optional($._statement));

module.exports = grammar({
  name: "vpc",

  word: ($) => $._plain_name,

  extras: ($) => [/[ \t\r\uFEFF]/, $.comment],

  conflicts: ($) => [[$.argument]],

  supertypes: ($) => [$._statement, $._value],

  rules: {
    source_file: ($) => statements($),

    body: ($) => seq("{", statements($), "}"),

    comment: (_) => token(/#[^\n]*/),
    _newline: (_) => /\r?\n/,
    _separator: ($) => choice($._newline, ";"),
    _comma: ($) => seq(",", repeat($._newline)),

    // ---- Statements -------------------------------------------------------------------------------------------------

    _statement: ($) =>
      choice(
        $.account, $.acl, $.acl_entry, $.assert, $.at, $.boot, $.cidr, $.customer, $.defaults, $.disk, $.dns, $.domain,
        $.egress, $.elastic, $.endpoint, $.env, $.every, $.existing, $.flow_log, $.gateway, $.hostnames, $.image,
        $.imds, $.ingress, $.ipv6, $.keep, $.key, $.let, $.lockdown, $.network, $.node, $.ntp, $.output, $.param,
        $.peer, $.policy, $.private, $.propagate, $.public, $.quota, $.region, $.role, $.route, $.routes, $.servers,
        $.sg, $.share, $.stack, $.subnet, $.support, $.tags, $.tenancy, $.traffic, $.type, $.use, $.vpn,
      ),

    // At the top level.
    stack: ($) => seq("stack", field("name", $.name)),
    region: ($) => seq("region", field("region", $.word)),
    account: ($) => seq("account", $.number),
    param: ($) =>
      seq(
        "param",
        field("name", $.name),
        field("type", choice($.range, $.choices, $.param_type)),
        optional(seq("=", field("default", $.values))),
      ),
    param_type: ($) => $._any_name,
    choices: ($) => list($, $.string),
    values: ($) => list($, $._value),
    let: ($) => seq("let", field("name", $.name), "=", $.members),
    key: ($) =>
      seq("key", choice($.path, seq(field("name", $.name), field("file", $.string), optional($.body)))),
    tags: ($) => seq("tags", $.entries),
    network: ($) => seq("network", field("name", $.name), optional($.was), field("block", $._place), optional($.body)),
    quota: ($) => seq("quota", field("quota", $.name), $.number),
    peer: ($) =>
      seq(
        "peer",
        field("name", $.name),
        $.path,
        choice(
          seq($._comma, $.path),
          seq("to", $.string, optional(seq("account", $.number)), optional(seq("region", $.word))),
        ),
        optional($.body),
      ),
    assert: ($) =>
      seq(
        "assert",
        field("from", $._place),
        field("claim", choice("can", "cannot")),
        "reach",
        field("to", $._place),
        optional(seq("on", $._traffic)),
      ),
    use: ($) => seq("use", field("file", $.string), "as", field("name", $.name), optional($.arguments)),
    arguments: ($) =>
      seq(
        "(",
        repeat($._newline),
        optional(seq($.argument, repeat(seq($._comma, $.argument)), repeat($._newline))),
        ")",
      ),
    argument: ($) => seq(field("name", $.name), "=", $._value, repeat(seq($._comma, $._value))),
    output: ($) => seq("output", field("name", $.name), "=", $.path),
    existing: ($) =>
      seq(
        "existing",
        field("kind", $.name),
        field("name", $.name),
        field("id", $.word),
        optional(field("block", $._place)),
        optional($._az),
        optional($.body),
      ),
    share: ($) => seq("share", list($, $.number)),

    // In a network.
    cidr: ($) => seq("cidr", $._place),
    ipv6: ($) => seq("ipv6", optional($.number)),
    tenancy: ($) => seq("tenancy", choice("dedicated", $.name)),
    dns: ($) => seq("dns", optional(choice($.string, $.switch)), optional($.body)),
    gateway: ($) =>
      seq(
        "gateway",
        field("name", $.name),
        optional($.was),
        $.gateway_kind,
        optional($._inside),
        optional(seq("elastic", $.path)),
        optional($._asn),
        optional($.body),
      ),
    gateway_kind: ($) => choice("internet", "nat", $._any_name),
    elastic: ($) => seq("elastic", $.path, optional($.was), optional(seq("across", $.zones)), optional($.body)),
    customer: ($) => seq("customer", field("name", $.name), optional($.was), $.address, $._asn, optional($.body)),
    vpn: ($) => seq("vpn", field("name", $.name), optional($.was), $.path, "to", $.path, optional($.body)),
    routes: ($) => seq("routes", choice($.path, seq($._declared, $._said_of_it))),
    subnet: ($) =>
      seq(
        "subnet",
        field("name", $.name),
        optional($.was),
        field("block", $._place),
        choice($._az, seq("across", $.zones, "each", $.prefix)),
        optional($.body),
      ),
    sg: ($) =>
      seq(
        "sg",
        choice(
          list($, $.path),
          seq($._declared, $._said_of_it),
          seq($._declared, optional($.was), field("description", $.string), optional($.body)),
        ),
      ),
    acl: ($) => seq("acl", choice($.path, seq($._declared, $._said_of_it))),
    // What tells `sg web { … }`, which declares, from `sg web`, which uses.
    _declared: ($) => field("name", choice($.name, $.constant)),
    _said_of_it: ($) => choice($.body, seq($.was, optional($.body))),
    acl_entry: ($) =>
      seq(
        field("number", $.number),
        choice("allow", "deny"),
        choice("ingress", "egress"),
        $._traffic,
        choice("from", "to"),
        $._place,
      ),
    endpoint: ($) =>
      seq(
        "endpoint",
        field("name", $.name),
        optional($.was),
        field("kind", choice("gateway", "interface")),
        field("service", $.word),
        "in",
        list($, $.path),
        optional($.body),
      ),
    flow_log: ($) => seq("flow-log", field("name", $.name), optional($.was), "to", $.string, optional($.body)),
    node: ($) =>
      seq(
        "node",
        field("name", $.name),
        optional($.indices),
        optional($.was),
        $._inside,
        optional(seq("at", choice($.address, $.host))),
        optional($.body),
      ),
    indices: ($) => seq(token.immediate("["), $.range, "]"),
    lockdown: (_) => "lockdown",
    defaults: ($) => seq("defaults", optional($.body)),
    keep: (_) => "keep",

    // In a subnet or a route table.
    public: (_) => "public",
    private: (_) => "private",
    route: ($) => seq("route", field("destination", $._place), "via", field("target", $.path)),
    propagate: ($) => seq("propagate", $.path),

    // In a security group.
    ingress: ($) => seq("ingress", $._traffic, "from", $.members, optional(field("description", $.string))),
    egress: ($) =>
      seq("egress", choice(seq($._traffic, "to", $.members, optional(field("description", $.string))), "none")),
    _traffic: ($) => seq($.protocol, optional($.ports)),
    protocol: ($) => choice("tcp", "udp", "icmp", "icmpv6", "all", $._any_name, $._digits),
    ports: ($) => list($, $._port),
    _port: ($) => choice("all", $.name, $.number, $.port_range, $.icmp_type),

    // In a node, in `defaults`, in an endpoint, in `dns`, in `flow-log`.
    type: ($) => seq("type", field("type", $.word)),
    image: ($) =>
      seq(
        "image",
        choice(
          seq($.string, "by", field("owner", $.word)),
          $.path,
          seq(field("name", $.name), "from", $.path, optional(seq("in", field("region", $.word)))),
        ),
        optional($.body),
      ),
    boot: ($) => seq("boot", field("file", $.string)),
    disk: ($) =>
      seq(
        "disk",
        optional(field("name", $.name)),
        choice($.size, $.number),
        optional(field("type", $.name)),
        optional("unencrypted"),
      ),
    env: ($) => seq("env", $.entries),
    role: ($) => seq("role", $.string),
    imds: ($) => seq("imds", $.name),
    at: ($) => seq("at", list($, choice($.address, $.host))),
    policy: ($) => seq("policy", field("file", $.string)),
    domain: ($) => seq("domain", $.string),
    servers: ($) => seq("servers", list($, $.address)),
    ntp: ($) => seq("ntp", list($, $.address)),
    hostnames: ($) => seq("hostnames", $.switch),
    support: ($) => seq("support", $.switch),
    traffic: ($) => seq("traffic", choice("all", $.name)),
    every: ($) => seq("every", $.number),

    // In `tags` and `env`.
    entries: ($) =>
      seq("{", repeat(choice($._separator, seq($.entry, $._separator))), optional($.entry), "}"),
    entry: ($) => seq(field("name", choice($.name, $.string)), field("value", $._value)),

    // ---- Parts of statements ----------------------------------------------------------------------------------------

    was: ($) => seq("was", $.name),
    _inside: ($) => seq("in", $.path),
    _asn: ($) => seq("asn", $.number),
    _az: ($) => seq("az", field("zone", $.word)),
    zones: ($) => list($, $.word),
    switch: (_) => choice("on", "off"),
    members: ($) => list($, $._place),
    _place: ($) => choice($.block, $.address, $.path),
    _value: ($) => choice($.string, $.block, $.address, $.path, $.number),

    // `cluster.lan`, `node[0]`, `cluster.app[a]`, `web[a,0].private_ip`, `any`.
    path: ($) =>
      seq(
        choice($.name, $.constant),
        optional($.index),
        repeat(seq(token.immediate("."), alias($._further_name, $.name), optional($.index))),
      ),
    constant: (_) => choice("all", "any", "default", "internet", "none", "self"),
    index: ($) => seq(token.immediate("["), list($, choice($.range, $.number, $.name)), "]"),

    // ---- Words ------------------------------------------------------------------------------------------------------

    // What starts with a parameter is a token of its own, so that `{public}` behind a blank is a block.
    name: ($) => $._any_name,
    _any_name: ($) => choice($._plain_name, $._spliced_name),
    _plain_name: (_) => token(pattern(NAME)),
    _spliced_name: (_) => token(pattern(SPLICED_NAME)),
    _further_name: (_) => token.immediate(pattern(`(?:[A-Za-z]|${SPLICE})(?:${LETTER}|${SPLICE})*`)),

    // Zones, instance types, regions, EC2 ids, services.
    word: (_) => token(pattern(`(?:[A-Za-z0-9_.-]|${SPLICE})+`)),
    block: (_) => token(pattern(`${IP}/${DIGITS}`)),
    address: (_) => token(pattern(IP)),
    host: (_) => token(pattern(`(?:\\.${DIGITS})+`)),
    prefix: (_) => token(pattern(`/${DIGITS}`)),
    number: ($) => $._digits,
    _digits: (_) => token(pattern(DIGITS)),
    range: (_) => token(pattern(`${DIGITS}\\.\\.${DIGITS}`)),
    port_range: (_) => token(pattern(`${DIGITS}-${DIGITS}`)),
    icmp_type: (_) => token(pattern(`${DIGITS}/${DIGITS}`)),
    size: (_) => token(pattern(`${DIGITS}[A-Za-z]+`)),

    string: ($) => seq('"', repeat(choice($._text, $._brace, $.escape, $.interpolation)), token.immediate('"')),
    _text: (_) => token.immediate(prec(1, /[^"\\{}\r\n]+/)),
    _brace: (_) => token.immediate(/[{}]/),
    escape: (_) => token.immediate(/\\[^\r\n]/),
    interpolation: (_) => token.immediate(pattern(SPLICE)),
  },
});
