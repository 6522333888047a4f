"""The local stack without Docker: servers for the demo, the tests, the benchmarks."""
