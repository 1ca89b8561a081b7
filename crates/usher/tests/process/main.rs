//! The binary as an operator meets it: a process with arguments, an environment, two outputs and an exit status.

#[cfg(test)]
mod command_line;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod home;
#[cfg(test)]
mod http;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod load;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod restarts;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod service;
