//! The formatter is a fixed point, keeps the tree, and keeps every comment.

use vpcc_core::format::format;
use vpcc_core::source::Sources;
use vpcc_core::syntax::parse;

fn formatted(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("t.vpc", text);
    let tree = parse(&sources, file);
    assert!(tree.problems.is_empty(), "{:?}", tree.problems);
    format(text, &tree.value)
}

#[test]
fn a_laid_out_program_stays_as_it_is() {
    let text = include_str!("../../examples/cluster.vpc");
    assert_eq!(formatted(text), text);
}

#[test]
fn a_messy_program_is_laid_out() {
    let messy = "
# top

  stack   x ;region us-west-2 # where
let office=203.0.113.0/24,198.51.100.7/32
let long = 10.0.0.0/24, # first
   10.0.1.0/24,
   10.0.2.0/24 # last
tags{owner \"me\";cost \"1\"}
network n   10.0.0.0/16{ # the network


  gateway igw internet
      # about the subnet
  subnet a 10.0.0.0/24 az a{public;route 0.0.0.0/0 via igw}
  subnet b 10.0.1.0/24 az b { public

     route 0.0.0.0/0   via igw # out
  # end of b
  }
  sg web \"x\" { ingress tcp 80 , 443 from any \"w\"
  ingress icmp from any
  ingress tcp   8000-8080 from office,self \"some\"
  egress all to any }
  sg empty {}
  node w[ 0..2 ] in a at .100 { type t2.micro; image ami-04681a1dbd79675a5
  sg web,empty
  tags { Name \"w\" } }
}";
    let once = formatted(messy);
    assert_eq!(formatted(&once), once);
    insta::with_settings!({ snapshot_path => "format", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("a-messy-program-is-laid-out", once);
    });
}
