//! Amazon EC2 through its SDK.
