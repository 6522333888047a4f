"""`make release`: what somebody downloads, and what it is made of, into `dist/`."""
