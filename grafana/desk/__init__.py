"""At the desk: the dashboards for who sits down to look.

`today` asks how the team does, `monitor` whether the monitor can be believed. Each
panel is one question, with a way onwards.
"""
