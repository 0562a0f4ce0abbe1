/*
 * .vpc, the language of vpcc, for highlight.js 11:
 *
 *   import hljs from "highlight.js/lib/core";
 *   import vpc from "./vpc/highlight.js";
 *   hljs.registerLanguage("vpc", vpc);
 */

// The words of grammar/keywords.txt.
const STATEMENTS =
  "account acl assert at boot cidr customer defaults disk dns domain egress elastic endpoint env every " +
  "existing flow-log gateway hostnames image imds ingress ipv6 keep key let lockdown network node ntp " +
  "output param peer policy private propagate public quota region role route routes servers sg share " +
  "stack subnet support tags tenancy traffic type use vpn";
const CONNECTORS = "across allow as asn at az by can cannot deny each elastic from in on reach to via was";
const CONSTANTS = "all any dedicated default interface internet nat none off self unencrypted";
const PROTOCOLS = "icmp icmpv6 tcp udp";

const DECLARING =
  "acl customer elastic endpoint flow-log gateway image key let network node output param peer routes sg subnet vpn";

const oneOf = (words) => `(?:${words.split(" ").join("|")})(?![\\w-])`;
const START = "(?<=(?:^|[{;])[ \\t]*)";
const ALONE = "(?<![\\w.-])";

/** The definition, as `hljs.registerLanguage` takes it. */
export default function vpc(hljs) {
  const parameter = { scope: "subst", match: /\{[A-Za-z][\w-]*\}/ };
  return {
    name: "vpc",
    contains: [
      hljs.HASH_COMMENT_MODE,
      {
        scope: "string",
        begin: /"/,
        end: /"|$/,
        contains: [{ scope: "char.escape", match: /\\[\\"nt{]/ }, parameter],
      },
      {
        match: [START + oneOf(DECLARING), /[ \t]+/, /[A-Za-z][\w-]*/],
        scope: { 1: "keyword", 3: "title" },
      },
      { scope: "keyword", match: START + oneOf(STATEMENTS) },
      { scope: "keyword", match: `(?<=[\\s\\]"])${oneOf(CONNECTORS)}(?=\\s|$)` },
      { scope: "literal", match: ALONE + oneOf(CONSTANTS) },
      { scope: "built_in", match: ALONE + oneOf(PROTOCOLS) },
      { scope: "number", match: /(?<![\w.-])(?:\d|\{[A-Za-z][\w-]*\})+(?:\.(?:\d|\{[A-Za-z][\w-]*\})+)+(?:\/\d+)?/ },
      parameter,
      { scope: "number", match: /(?<![\w.-])[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:\/\d+)?/ },
      { scope: "number", match: /(?<=\s)(?:(?:\.\d+)+|\/\d+)/ },
      { scope: "number", match: /(?<![\w.-])\d+(?:(?:-|\.\.|\/)\d+|[KMGT]iB)?(?![\w.-])/ },
      // Names, so that what is inside of one is not taken for something else.
      { match: /[A-Za-z][\w-]*/ },
    ],
  };
}
