"""The rules, pure: values and `now` in, values out. No I/O, no clock."""
