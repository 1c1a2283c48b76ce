//! `private-eye serve`: a site on this machine's own address.

use super::{Failure, print, site};
use clap::Args;
use std::{net::Ipv4Addr, path::PathBuf};
use tokio::net::TcpListener;

/// Serve a built site on this machine, to try it out.
///
/// Only programs on this machine can reach it. To publish a site, copy its folder to any static host.
#[derive(Debug, Args)]
pub struct Serve {
    /// The site that `private-eye build` made.
    site: PathBuf,
    /// The port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

impl Serve {
    pub fn run(self) -> Result<(), Failure> {
        let folder = site::folder_to_serve(&self.site)?;
        let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::at("cannot start the server", error))?;
        runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(|error| {
                Failure::new(format!("cannot listen on port {}: {error}; choose another with --port", self.port))
            })?;
            let address = listener.local_addr().map_err(|error| Failure::at("cannot start the server", error))?;
            print(&format!("Serving {} at http://{address}/ (Ctrl-C stops)", folder.display()))?;
            axum::serve(listener, private_eye::serve::router(&folder))
                .with_graceful_shutdown(async {
                    // Without a signal handler there is nothing to wait for: serve until killed.
                    if tokio::signal::ctrl_c().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                })
                .await
                .map_err(|error| Failure::at("the server stopped", error))
        })
    }
}
