"""The command line's commands, one module a noun. Each has `run(name, arguments) -> exit code`."""
