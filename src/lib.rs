//! pm2lint reads a checkout, and an archived `~/.pm2` where there is one, and says what will go wrong,
//! or did go wrong, when PM2 runs these apps. It executes nothing and needs no network.

pub mod archive;
pub mod checkout;
pub mod finding;
pub mod js;
pub mod lint;
