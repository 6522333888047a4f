"""The delivery side: from facts to what people see in Slack, once."""
