//! The binary as an operator meets it: a process with arguments, an environment, two outputs and an exit status.

#[cfg(test)]
mod command_line;
#[cfg(test)]
mod home;
#[cfg(test)]
mod service;
