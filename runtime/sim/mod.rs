//! The embedded EC2.
