//! pm2lint reads a checkout, and an archived `~/.pm2` where there is one, and says what will go wrong,
//! or did go wrong, when PM2 runs these apps. It executes nothing and needs no network.

pub mod archive;
pub mod balancer;
pub mod baseline;
pub mod catalog;
pub mod checkout;
pub mod cli;
pub mod commands;
pub mod daemon;
pub mod ecosystem;
pub mod evidence;
pub mod finding;
pub mod fingerprint;
pub mod fix;
pub mod fleet;
pub mod js;
pub mod lint;
pub mod mend;
pub mod modules;
pub mod outcome;
pub mod pm2;
pub mod report;
pub mod request;
pub mod rules;
pub mod settings;
pub mod suppress;
